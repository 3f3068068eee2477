# The function and its log.

locals {
  environment = merge(
    var.settings,
    { ABLY_API_KEY_SECRET_ID = var.api_key_secret_arn },
    var.api_key_secret_field == null ? {} : { ABLY_API_KEY_SECRET_FIELD = var.api_key_secret_field },
    length(var.allowed_origins) == 0 ? {} : { ABLY_AUTH_ALLOWED_ORIGINS = join(",", var.allowed_origins) },
    var.session_secret == null ? {} : { ABLY_AUTH_SESSION_SECRET = var.session_secret },
    var.embedded_secret == null ? {} : { ABLY_AUTH_EMBEDDED_SECRET = var.embedded_secret },
    var.operator_secret == null ? {} : { ABLY_AUTH_OPERATOR_SECRET = var.operator_secret },
    var.store ? { ABLY_AUTH_STORE = "dynamodb:${var.name}" } : {},
    # Behind the authorizer the API writes them, because its own 401 would have none.
    var.jwt_authorizer == null ? {} : { ABLY_AUTH_CORS = "platform" },
  )
}

resource "aws_lambda_function" "auth" {
  function_name    = var.name
  description      = "Ably auth endpoint"
  runtime          = var.runtime
  architectures    = ["arm64"]
  memory_size      = 256
  handler          = "ably-auth.handler"
  filename         = var.artifact
  source_code_hash = filebase64sha256(var.artifact)
  # Reading the key takes 4 s at worst, when Secrets Manager does not answer. Clients give up after 10.
  timeout                        = 10
  role                           = aws_iam_role.auth.arn
  reserved_concurrent_executions = var.reserved_concurrency == null ? -1 : var.reserved_concurrency
  tags                           = var.tags

  environment {
    variables = local.environment
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  logging_config {
    log_group = aws_cloudwatch_log_group.auth.name
    # Our lines are JSON in either format; this makes the runtime's own lines JSON too.
    log_format = "JSON"
    # The start and the report of every request would be three lines for each of ours. Failures are still said.
    system_log_level = "WARN"
  }

  lifecycle {
    precondition {
      condition     = split(":", var.api_key_secret_arn)[3] == data.aws_region.here.id
      error_message = "api_key_secret_arn is a secret of another region than the function, which looks for it in its own (${data.aws_region.here.id}). Name a secret, or a replica, in there."
    }
  }
}

resource "aws_cloudwatch_log_group" "auth" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = var.tags
}
