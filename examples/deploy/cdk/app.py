"""Deploys what these write, in the same folder:

uvlambda build --platform linux/amd64 --target dir -o build .
uvlambda build --platform linux/amd64 -t "$REPOSITORY:1" --push .
"""

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_lambda as lambda_


class FastAPIStack(cdk.Stack):
    """One application, deployed in both ways."""

    def __init__(self, scope: cdk.App, name: str) -> None:
        super().__init__(scope, name)
        lambda_.Function(
            self,
            "Zip",
            # The CDK zips the folder, and deploys again when its content changed.
            code=lambda_.Code.from_asset("build"),
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.X86_64,
            handler="app.main.handler",
        )
        lambda_.DockerImageFunction(
            self,
            "Image",
            code=lambda_.DockerImageCode.from_ecr(
                ecr.Repository.from_repository_name(self, "Repository", "fastapi-app"),
                tag_or_digest="1",
            ),
            architecture=lambda_.Architecture.X86_64,
        )


app = cdk.App()
FastAPIStack(app, "FastAPI")
app.synth()
