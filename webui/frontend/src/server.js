// What goes to the server and comes back. Every answer is JSON; anything else is a page that says why (signed out, gone).

// The session that opened the page is over, and nobody, or somebody else, is signed in now.
export class SignedOut extends Error {}

const nameIn = (page) => page.querySelector('.who strong')?.textContent;
const isJson = (answer) => (answer.headers.get('Content-Type') || '').startsWith('application/json');

export class Server {
  constructor(form) { this.form = form; }

  async ask(address, fields) {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      if (Array.isArray(value)) value.forEach((one) => body.append(name, one));
      else if (value instanceof Blob) body.set(name, value, fields.file_name); else body.set(name, value);
    }
    let answer = await this.post(address, body);
    if (answer.status === 400 && !isJson(answer)) {
      await this.renew();
      answer = await this.post(address, body);
    }
    if (answer.type === 'opaqueredirect') throw new SignedOut();
    if (!isJson(answer)) throw new Error('no answer');
    return { ok: answer.ok, status: answer.status, ...await answer.json() };
  }

  post(address, body) {
    body.set('csrf_token', this.form.elements.csrf_token.value);
    return fetch(address, { method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'manual' });
  }

  // Signed in anew in another tab: the tokens of this page are the old session's.
  async renew() {
    const answer = await fetch(location.href, { redirect: 'manual' });
    if (!answer.ok) throw new SignedOut();
    const there = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (nameIn(there) !== nameIn(document)) throw new SignedOut();
    const token = there.querySelector('[name=csrf_token]').value;
    document.querySelectorAll('[name=csrf_token]').forEach((field) => { field.value = token; });
  }
}
