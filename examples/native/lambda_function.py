import platform

import numpy


def lambda_handler(event, context):
    product = numpy.array(event["left"]) @ numpy.array(event["right"])
    return {"product": product.tolist(), "machine": platform.machine()}
