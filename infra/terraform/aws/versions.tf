terraform {
  # 1.7 brought mock providers, which the tests use. OpenTofu 1.8 or later does as well.
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}
