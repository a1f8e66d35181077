import docopt
import markupsafe._speedups


def handler(event, context):
    arguments = docopt.docopt("usage: native <text>", [event["text"]])
    return str(markupsafe.escape(arguments["<text>"]))
