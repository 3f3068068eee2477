# terraform init && terraform test: the module with a mocked provider, so neither an account nor a credential is needed.
# The numbers and names that it shares with the other templates are compared in test/platforms/terraform.

mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/ably-auth" }
  }
  mock_resource "aws_lambda_function" {
    defaults = {
      arn        = "arn:aws:lambda:us-east-1:123456789012:function:ably-auth"
      invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:ably-auth/invocations"
    }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:a-log" }
  }
  mock_resource "aws_cloudwatch_metric_alarm" {
    defaults = { arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:an-alarm" }
  }
  mock_resource "aws_apigatewayv2_api" {
    defaults = {
      api_endpoint  = "https://abc123.execute-api.us-east-1.amazonaws.com"
      execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc123"
    }
  }
  mock_resource "aws_dynamodb_table" {
    defaults = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/ably-auth" }
  }
  mock_data "aws_partition" {
    defaults = { dns_suffix = "amazonaws.com" }
  }
  mock_data "aws_region" {
    defaults = { id = "us-east-1" }
  }
}

variables {
  artifact           = "versions.tf"
  api_key_secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf"
  # What the provider before version 6 knows.
  runtime = "nodejs22.x"
}

run "reads_one_secret_and_writes_one_log" {
  assert {
    condition = jsondecode(aws_iam_role_policy.auth.policy).Statement == jsondecode(jsonencode([
      {
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf"
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:123456789012:log-group:a-log:*"
      },
    ]))
    error_message = "The role may do something else than read one secret and write one log."
  }

  assert {
    condition     = aws_lambda_function.auth.environment[0].variables == tomap({ ABLY_API_KEY_SECRET_ID = var.api_key_secret_arn })
    error_message = "The function is told more than where its key is."
  }

  assert {
    condition     = output.auth_url == "https://abc123.execute-api.us-east-1.amazonaws.com/api/ably-auth"
    error_message = "auth_url is not where the API answers."
  }

  assert {
    condition     = length(aws_dynamodb_table.store) + length(aws_apigatewayv2_authorizer.jwt) + length(aws_apigatewayv2_domain_name.own) == 0
    error_message = "Something is there that nobody opted into."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.auth.dashboard_body).widgets) == 7 && strcontains(aws_cloudwatch_dashboard.auth.dashboard_body, "KeySourceFailed")
    error_message = "The dashboard does not show what it should."
  }
}

run "with_everything" {
  variables {
    name                       = "auth-of-acme"
    api_key_secret_field       = "apiKey"
    api_key_secret_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    allowed_origins            = ["https://app.example", "https://admin.example"]
    settings                   = { ABLY_AUTH_TTL = "15m", TENANT = "acme" }
    reserved_concurrency       = 50
    tracing                    = true
    store                      = true
    alarm_topic_arn            = "arn:aws:sns:us-east-1:123456789012:on-call"
    domain = {
      name            = "auth.app.example"
      certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    }
    jwt_authorizer = { issuer = "https://issuer.example/", audience = ["chat"] }
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.auth.policy).Statement, 2, 5) == jsondecode(jsonencode([
      {
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.us-east-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf"
          }
        }
      },
      {
        Effect   = "Allow"
        Action   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"]
        Resource = "arn:aws:dynamodb:us-east-1:123456789012:table/ably-auth"
      },
      {
        Effect   = "Allow"
        Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        Resource = "*"
      },
    ]))
    error_message = "What is opted into brings other rights than it needs."
  }

  assert {
    condition = aws_lambda_function.auth.environment[0].variables == tomap({
      ABLY_API_KEY_SECRET_ID    = var.api_key_secret_arn
      ABLY_API_KEY_SECRET_FIELD = "apiKey"
      ABLY_AUTH_ALLOWED_ORIGINS = "https://app.example,https://admin.example"
      ABLY_AUTH_STORE           = "dynamodb:auth-of-acme"
      ABLY_AUTH_CORS            = "platform"
      ABLY_AUTH_TTL             = "15m"
      TENANT                    = "acme"
    })
    error_message = "The function's environment is another."
  }

  assert {
    condition     = aws_apigatewayv2_route.any.authorization_type == "JWT" && aws_apigatewayv2_route.options.authorization_type == "NONE"
    error_message = "A preflight does not pass the authorizer, or everything does."
  }

  assert {
    condition     = aws_dynamodb_table.store[0].deletion_protection_enabled
    error_message = "The table can be deleted by mistake."
  }

  assert {
    condition     = output.auth_url == "https://auth.app.example/api/ably-auth"
    error_message = "auth_url is not the domain's."
  }
}

run "refuses_part_of_an_arn" {
  command = plan
  variables { api_key_secret_arn = "ably/api-key" }
  expect_failures = [var.api_key_secret_arn]
}

run "refuses_an_arn_that_covers_several_secrets" {
  command = plan
  variables { api_key_secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-*" }
  expect_failures = [var.api_key_secret_arn]
}

run "refuses_a_secret_of_another_region" {
  command = plan
  variables { api_key_secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ably/api-key-AbCdEf" }
  expect_failures = [aws_lambda_function.auth]
}

run "refuses_an_alias_of_a_key" {
  command = plan
  variables { api_key_secret_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:alias/ably" }
  expect_failures = [var.api_key_secret_kms_key_arn]
}

run "refuses_a_secret_among_the_settings" {
  command = plan
  variables { settings = { ABLY_API_KEY = "not-a-key" } }
  expect_failures = [var.settings]
}

run "refuses_an_origin_with_a_wildcard" {
  command = plan
  variables { allowed_origins = ["https://*.example"] }
  expect_failures = [var.allowed_origins]
}

run "refuses_tokens_for_anybody" {
  command = plan
  variables { jwt_authorizer = { issuer = "https://issuer.example/", audience = [] } }
  expect_failures = [var.jwt_authorizer]
}

run "refuses_a_retention_that_logs_do_not_know" {
  command = plan
  variables { log_retention_days = 31 }
  expect_failures = [var.log_retention_days]
}
