// What goes to the server and comes back. Every answer is JSON; anything else is a page that says why (signed out, gone).
export class Server {
  constructor(form) { this.form = form; }

  async ask(address, fields) {
    const body = new FormData();
    body.set('csrf_token', this.form.elements.csrf_token.value);
    for (const [name, value] of Object.entries(fields)) {
      if (Array.isArray(value)) value.forEach((one) => body.append(name, one));
      else if (value instanceof Blob) body.set(name, value, fields.file_name); else body.set(name, value);
    }
    const answer = await fetch(address, { method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'manual' });
    if (!(answer.headers.get('Content-Type') || '').startsWith('application/json')) throw new Error('no answer');
    return { ok: answer.ok, status: answer.status, ...await answer.json() };
  }
}
