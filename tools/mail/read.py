"""Reads an e-mail on its input as Python's library does, and prints what its reader would see, as JSON.

    read.py default|strict < e-mail
"""

import email
import email.policy
import json
import sys

policy = {"default": email.policy.default, "strict": email.policy.strict}[sys.argv[1]]
policy = policy.clone(raise_on_defect=sys.argv[1] == "strict")
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=policy)
text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
defects = [str(d) for part in mail.walk() for d in part.defects]
json.dump(
    {
        "version": mail["MIME-Version"],
        "id": mail["Message-ID"],
        "date": mail["Date"].datetime.isoformat(),
        "from": str(mail["From"]),
        "to": str(mail["To"]),
        "subject": mail["Subject"],
        "text": text.get_content(),
        "html": html.get_content(),
        "defects": defects,
    },
    sys.stdout,
)
