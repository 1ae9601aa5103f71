"""What a run came to, posted to an address as JSON."""

from __future__ import annotations

import time
from typing import Any

import requests

_TIMEOUT = 10.0  # seconds
_ATTEMPTS = 3


class NotifyError(Exception):
    """Nobody was told; the message says why."""


def post_webhook(address: str, outcome: dict[str, Any], pause: float = 2.0) -> None:
    """POST `outcome`; its `text`, a sentence, is what chat services show.

    Args:
        pause: seconds before the second attempt, doubled after each.

    Raises:
        NotifyError: the receiver refused it, or was away for all attempts.
    """
    for attempt in range(_ATTEMPTS):
        try:
            answer = requests.post(address, json=outcome, timeout=_TIMEOUT)
        except requests.RequestException as error:
            # the class alone: the message holds the address, and that often holds a secret
            problem = f"the webhook did not answer ({type(error).__name__})"
        else:
            if answer.ok:
                return
            problem = f"the webhook answered {answer.status_code}"
            if answer.status_code < 500 and answer.status_code != requests.codes.too_many_requests:
                break
        if attempt < _ATTEMPTS - 1:
            time.sleep(pause * 2**attempt)
    raise NotifyError(f"{problem}; see retrain.webhook in params.yaml")
