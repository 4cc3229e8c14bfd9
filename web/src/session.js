// Says five minutes before the session ends, and lets people stay. Without this script the page says when.

const WARNING = 5 * 60;

export function warnBeforeTheEnd() {
  const place = document.querySelector(".app-session[data-seconds]");
  if (!place) return;
  let ends = Date.now() + Number(place.dataset.seconds) * 1000;
  const notice = document.createElement("div");
  notice.className = "govuk-inset-text app-session__notice app-no-print";
  notice.setAttribute("role", "alert");

  const say = (words, button) => {
    notice.textContent = "";
    const text = document.createElement("p");
    text.className = "govuk-body";
    text.textContent = words;
    notice.append(text);
    if (button) notice.append(button);
    if (!notice.isConnected) place.append(notice);
  };

  const stay = document.createElement("button");
  stay.type = "button";
  stay.className = "govuk-button govuk-button--secondary";
  stay.textContent = "Stay signed in";
  stay.addEventListener("click", async () => {
    // Any page counts as use; it says how long the session lasts from then on.
    const page = await fetch("/me", { credentials: "same-origin" }).catch(() => null);
    const found = page?.ok && /data-seconds="(\d+)"/.exec(await page.text());
    if (!found) {
      say("We could not keep you signed in. Save what you have typed now.");
      return;
    }
    ends = Date.now() + Number(found[1]) * 1000;
    notice.remove();
    wait();
  });

  function look() {
    const left = (ends - Date.now()) / 1000;
    if (left > WARNING) return wait();
    if (left > 0) {
      say("You will be signed out in less than 5 minutes.", stay);
      setTimeout(look, left * 1000);
      return;
    }
    say("You have been signed out. You can still send this page: what you typed is kept, and you sign in to save it.");
  }

  function wait() {
    setTimeout(look, Math.max(0, ends - Date.now() - WARNING * 1000));
  }

  wait();
}
