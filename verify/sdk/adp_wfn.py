"""adpapi in front of our stub: everybody's associateOID, by its own paging over $skip until a 204.

Its addresses are fixed, so that every request is turned to the stub. The token is the stub's: adpapi sends its
credentials in the form, and the stub takes them in the header, which ADP allows as well.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from adpapi.client import AdpApiClient, AdpCredentials
from requests.adapters import HTTPAdapter

stub, token = sys.argv[1], json.loads(sys.argv[2])["token"]


class ToStub(HTTPAdapter):
    """Every request to the stub, whatever its host."""

    def send(self, request, *args, **more):  # type: ignore[no-untyped-def]
        parts = urlsplit(request.url)
        request.url = f"{stub}{parts.path}{'?' + parts.query if parts.query else ''}"
        return super().send(request, *args, **more)


with TemporaryDirectory() as folder:
    files = [Path(folder) / name for name in ("certificate.pem", "adp.key")]
    for file in files:
        file.write_text("")
    client = AdpApiClient(AdpCredentials("reader", "secret", *map(str, files)))
    client.session.mount("https://", ToStub())
    client.token, client.token_expires_at = token, time.time() + 3600
    pages = client.call_endpoint("/hr/v2/workers", masked=False, page_size=5)
print(json.dumps([worker["associateOID"] for page in pages for worker in page["workers"]]))
