# Opt-in: what callers were granted, and who has been cut off.

resource "aws_dynamodb_table" "store" {
  count                       = var.store ? 1 : 0
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = var.store_deletion_protection
  tags                        = var.tags

  attribute {
    name = "id"
    type = "S"
  }

  # Housekeeping: the endpoint itself goes by the expiry that it wrote.
  ttl {
    attribute_name = "ttl"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }
}
