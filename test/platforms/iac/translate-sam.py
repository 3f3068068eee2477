"""What AWS makes of a SAM template before it deploys it: JSON on stdin, JSON on stdout, with AWS's own translator."""

import json
import sys

from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform


class NoManagedPolicies(ManagedPolicyLoader):
    """The role is the template's own, so no name of a managed policy is ever looked up."""

    def __init__(self):
        pass

    def load(self):
        return {}


json.dump(transform(json.load(sys.stdin), {}, NoManagedPolicies()), sys.stdout)
