"""Signs in to a demo gateway as one of its made-up people and prints a fresh API token."""

import re
import sys
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

url = sys.argv[1]
browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))


def page(path, fields=None):
    data = None if fields is None else urllib.parse.urlencode(fields).encode()
    with browser.open(url + path, data) as answer:
        return answer.read().decode()


def find(pattern, text):
    found = re.search(pattern, text)
    if not found:
        sys.exit(f"{pattern} is not in the page")
    return found[1]


def form_token(text):
    return find(r'name="form_token" value="([^"]+)"', text)


people = page("/sign-in")
form = find(r'(?s)action="/demo/sign-in"[^>]*>(.*?)</form>', people)
fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
page("/demo/sign-in", fields)
form = page("/organisation/tokens/new")
password = find(r"password is <strong>([^<]+)<", people)
made = page(
    "/organisation/tokens/new",
    {"form_token": form_token(form), "name": "Made-up requests", "scope": "read", "life": "30", "password": password},
)
print(find(r'id="token">([^<]+)<', made))
