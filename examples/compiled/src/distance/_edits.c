#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* How many letters have to be put in, taken out or replaced to make one word of
   another: https://en.wikipedia.org/wiki/Levenshtein_distance */
static PyObject *distance(PyObject *self, PyObject *args) {
    PyObject *first, *second;
    if (!PyArg_ParseTuple(args, "UU", &first, &second)) return NULL;

    Py_ssize_t rows = PyUnicode_GET_LENGTH(first), columns = PyUnicode_GET_LENGTH(second);
    Py_ssize_t *row = PyMem_New(Py_ssize_t, columns + 1);
    if (row == NULL) return PyErr_NoMemory();

    for (Py_ssize_t j = 0; j <= columns; j++) row[j] = j;
    for (Py_ssize_t i = 1; i <= rows; i++) {
        Py_ssize_t diagonal = row[0];
        row[0] = i;
        for (Py_ssize_t j = 1; j <= columns; j++) {
            Py_ssize_t above = row[j];
            Py_ssize_t best = diagonal + (PyUnicode_READ_CHAR(first, i - 1) != PyUnicode_READ_CHAR(second, j - 1));
            if (above + 1 < best) best = above + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    Py_ssize_t result = row[columns];
    PyMem_Free(row);
    return PyLong_FromSsize_t(result);
}

static PyMethodDef methods[] = {
    {"distance", distance, METH_VARARGS, "The number of edits between two words."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_edits", NULL, 0, methods};

PyMODINIT_FUNC PyInit__edits(void) { return PyModuleDef_Init(&module); }
