#!/usr/bin/env python3
"""A batch from Python, results as they complete.

    batch.py BASE_URL [CA_FILE [COUNT]]       the key, if any, in $LEAT_API_KEY"""
import os
import sys

from leat import Client


def prompts(count):
    for number in range(count):
        yield {"id": f"item-{number}", "prompt": f"What is {number} squared?", "max_tokens": 64}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    failed = 0
    with Client(ca_file=sys.argv[2] if len(sys.argv) > 2 else "") as client:
        endpoint = client.endpoint("openai", base_url=sys.argv[1], model="gpt-4o-mini",
                                   api_key=os.environ.get("LEAT_API_KEY", ""), max_in_flight=8)
        for result in client.batch(endpoint, prompts(count)):
            failed += result.outcome != "succeeded"
            print(result.id, result.status, f"{result.total_ms:.1f} ms",
                  result.text or result.error_message)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
