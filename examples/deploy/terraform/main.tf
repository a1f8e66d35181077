# Deploys what these write, in the same folder:
#
#   uvlambda build --platform linux/amd64 --target zip -o dist .
#   uvlambda build --platform linux/amd64 -t "$IMAGE" --push .

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.80"
    }
  }
}

variable "image_uri" {
  description = "The pushed image, as REPOSITORY@DIGEST or REPOSITORY:TAG."
  type        = string
}

locals {
  archive = "${path.module}/dist/uv-aws-lambda-example"

  # What the build says about the archive: no hash to compute here, and no new
  # deployment when the build gave the same bytes.
  facts = jsondecode(file("${local.archive}.json"))
}

resource "aws_iam_role" "function" {
  name = "my-lambda-role"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_lambda_function" "zip" {
  function_name    = "fastapi-zip"
  role             = aws_iam_role.function.arn
  filename         = "${local.archive}.zip"
  source_code_hash = local.facts.CodeSha256
  runtime          = local.facts.Runtime
  architectures    = [local.facts.Architecture]
  handler          = local.facts.Handler
}

resource "aws_lambda_function" "image" {
  function_name = "fastapi-image"
  role          = aws_iam_role.function.arn
  package_type  = "Image"
  image_uri     = var.image_uri
}
