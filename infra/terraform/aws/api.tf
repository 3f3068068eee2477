# The way in: an HTTP API with a fuse against cost and an access log.

resource "aws_apigatewayv2_api" "auth" {
  name          = var.name
  protocol_type = "HTTP"
  tags          = var.tags

  # Behind the authorizer only: elsewhere the function writes these headers, and API Gateway would drop them.
  dynamic "cors_configuration" {
    for_each = var.jwt_authorizer != null && length(var.allowed_origins) > 0 ? [1] : []
    content {
      allow_origins = var.allowed_origins
      allow_methods = ["GET", "POST", "OPTIONS"]
      allow_headers = ["authorization", "content-type", "x-ably-auth-resources", "x-ably-auth-grant", "x-ably-auth-guest"]
      expose_headers = [
        "x-ably-errorcode",
        "x-ably-errormessage",
        "x-ably-auth-grant",
        "x-ably-auth-guest",
        "x-ably-auth-refused",
        "retry-after",
        "x-request-id",
        "server-timing",
      ]
      allow_credentials = true
      max_age           = 600
    }
  }
}

resource "aws_apigatewayv2_integration" "auth" {
  api_id                 = aws_apigatewayv2_api.auth.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.auth.invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 30000
}

# Every method, so that a wrong one gets our 405 and not the gateway's 404, whose body no Ably client understands.
resource "aws_apigatewayv2_route" "any" {
  api_id             = aws_apigatewayv2_api.auth.id
  route_key          = "ANY /api/ably-auth"
  target             = "integrations/${aws_apigatewayv2_integration.auth.id}"
  authorization_type = var.jwt_authorizer == null ? "NONE" : "JWT"
  authorizer_id      = one(aws_apigatewayv2_authorizer.jwt[*].id)
}

# On its own, because a preflight carries no token and must pass the authorizer.
resource "aws_apigatewayv2_route" "options" {
  api_id             = aws_apigatewayv2_api.auth.id
  route_key          = "OPTIONS /api/ably-auth"
  target             = "integrations/${aws_apigatewayv2_integration.auth.id}"
  authorization_type = "NONE"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.auth.id
  name        = "$default"
  auto_deploy = true
  tags        = var.tags

  default_route_settings {
    throttling_rate_limit  = var.throttle_rate
    throttling_burst_limit = var.throttle_burst
    # By route, which costs extra and would say nothing: there is one.
    detailed_metrics_enabled = false
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    # Neither headers nor the query string: either may hold a credential.
    format = jsonencode({
      requestId            = "$context.requestId"
      time                 = "$context.requestTimeEpoch"
      ip                   = "$context.identity.sourceIp"
      method               = "$context.httpMethod"
      route                = "$context.routeKey"
      status               = "$context.status"
      bytes                = "$context.responseLength"
      latencyMs            = "$context.responseLatency"
      integrationLatencyMs = "$context.integrationLatency"
      integrationError     = "$context.integrationErrorMessage"
      authorizerError      = "$context.authorizer.error"
      error                = "$context.error.message"
    })
  }
}

resource "aws_lambda_permission" "api" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.auth.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.auth.execution_arn}/*"
}

resource "aws_cloudwatch_log_group" "access" {
  # Under this prefix, so that the log's resource policy does not outgrow its limit in accounts with many APIs.
  name              = "/aws/vendedlogs/${var.name}-access"
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  count            = var.jwt_authorizer == null ? 0 : 1
  api_id           = aws_apigatewayv2_api.auth.id
  name             = var.name
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.jwt_authorizer.issuer
    audience = var.jwt_authorizer.audience
  }
}

resource "aws_apigatewayv2_domain_name" "own" {
  count       = var.domain == null ? 0 : 1
  domain_name = var.domain.name
  tags        = var.tags

  domain_name_configuration {
    certificate_arn = var.domain.certificate_arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

resource "aws_apigatewayv2_api_mapping" "own" {
  count       = var.domain == null ? 0 : 1
  api_id      = aws_apigatewayv2_api.auth.id
  domain_name = aws_apigatewayv2_domain_name.own[0].id
  stage       = aws_apigatewayv2_stage.default.id
}
