# One secret to read, one log to write, and what is opted into; nothing else. No managed policy: the usual one may create
# and write every log of the account.

data "aws_partition" "here" {}

locals {
  secret_region = split(":", var.api_key_secret_arn)[3]

  statements = concat(
    [
      {
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = var.api_key_secret_arn
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.auth.arn}:*"
      },
    ],
    # Through Secrets Manager and for this secret only: nothing else that the key encrypts.
    var.api_key_secret_kms_key_arn == null ? [] : [{
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = var.api_key_secret_kms_key_arn
      Condition = {
        StringEquals = {
          "kms:ViaService"                  = "secretsmanager.${local.secret_region}.${data.aws_partition.here.dns_suffix}"
          "kms:EncryptionContext:SecretARN" = var.api_key_secret_arn
        }
      }
    }],
    var.store ? [{
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"]
      Resource = aws_dynamodb_table.store[0].arn
    }] : [],
    # X-Ray knows no resource, so this one cannot be narrower.
    var.tracing ? [{
      Effect   = "Allow"
      Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      Resource = "*"
    }] : [],
  )
}

resource "aws_iam_role" "auth" {
  name_prefix = "${substr(var.name, 0, 37)}-"
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "auth" {
  name   = "ably-auth"
  role   = aws_iam_role.auth.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}
