# terraform init && terraform test: both providers mocked, so neither an account nor a credential is needed.

mock_provider "ably" {
  mock_resource "ably_api_key" {
    defaults = { id = "keyid", key = "appid.keyid:not-a-real-secret" }
  }
}

mock_provider "aws" {
  mock_resource "aws_secretsmanager_secret" {
    defaults = {
      id  = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf"
      arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf"
    }
  }
}

variables {
  app_id  = "appid"
  ceiling = { "room:*" = ["publish", "subscribe"], notifications = ["subscribe"] }
}

run "makes_a_key_with_exactly_the_ceiling" {
  assert {
    condition     = ably_api_key.auth.capabilities == tomap({ "room:*" = toset(["publish", "subscribe"]), notifications = toset(["subscribe"]) })
    error_message = "The key can do something else than the ceiling says."
  }

  assert {
    condition     = ably_api_key.auth.revocable_tokens
    error_message = "Tokens of the key could not be revoked."
  }

  assert {
    condition     = aws_secretsmanager_secret_version.key.secret_string == null && aws_secretsmanager_secret_version.key.secret_string_wo == null
    error_message = "A second copy of the key is in the state."
  }

  assert {
    condition     = output.secret_arn == "arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf"
    error_message = "secret_arn is not the secret's."
  }
}

run "writes_the_secret_once" {
  assert {
    condition     = aws_secretsmanager_secret_version.key.secret_string_wo_version == 1
    error_message = "A key that was made again would take the place of the one that serves."
  }
}

run "leaves_the_name_to_a_rotation" {
  variables {
    key_name = "as it was before the rotation"
  }
  assert {
    condition     = ably_api_key.auth.name == "ably-auth"
    error_message = "A plan would take away the date that a rotation wrote into the name."
  }
}

run "refuses_no_ceiling" {
  command = plan
  variables {
    ceiling = {}
  }
  expect_failures = [var.ceiling]
}

run "refuses_every_operation" {
  command = plan
  variables {
    ceiling = { "room:*" = ["*"] }
  }
  expect_failures = [var.ceiling]
}

run "refuses_a_key_name_for_an_app" {
  command = plan
  variables {
    app_id = "appid.keyid:secret"
  }
  expect_failures = [var.app_id]
}
