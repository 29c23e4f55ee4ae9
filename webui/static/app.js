// Progressive enhancement, no build step: every page works without this file.
(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('js');
  const $ = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const tell = (text) => { const box = $('#kabar'); if (box) box.textContent = text; };

  $('[data-focus]')?.focus();

  // What is done bit by bit goes on by itself; without script its button is pressed again.
  $('form[data-goes-on]')?.requestSubmit();

  // One click, one request: a second submit of the same form within four seconds is dropped.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    setTimeout(() => delete form.dataset.sent, form.querySelector('[data-download]') ? 1000 : 4000);
  });

  // Fields that apply only after a certain answer: hidden and not sent otherwise. The server decides in any case.
  const given = (form, name, value) => all('[name]', form).some((field) => field.name === name && field.value === value && !field.disabled && (!['radio', 'checkbox'].includes(field.type) || field.checked));
  const sync = () => all('form [data-applies-if]').forEach((box) => {   // where nothing is answered, every question is read
    const form = box.closest('form');
    box.hidden = !JSON.parse(box.dataset.appliesIf).some((group) => group.every(([name, value, is]) => given(form, name, value) === is));
    all('input, select, textarea', box).forEach((field) => { field.disabled = box.hidden; });
  });
  document.addEventListener('change', sync);
  sync();

  // Signing on screen: what is drawn goes along as a picture. Without this script a thumbprint or a scan is uploaded.
  all('[data-pad]').forEach((pad) => {
    const [canvas, field, clear] = [$('canvas', pad), $('input', pad), $('button', pad)];
    const pen = canvas.getContext('2d');
    const blank = () => { pen.fillStyle = '#fff'; pen.fillRect(0, 0, canvas.width, canvas.height); field.value = ''; };
    const at = (event) => [event.offsetX * canvas.width / canvas.clientWidth, event.offsetY * canvas.height / canvas.clientHeight];
    const own = all('input[type=radio]', pad.closest('fieldset'));
    const show = () => {
      const drawn = own.some((radio) => radio.checked && radio.value === 'drawn');
      pad.hidden = !drawn;
      $('.upload', pad.closest('fieldset')).hidden = drawn;
    };
    let draws = false;
    canvas.addEventListener('pointerdown', (event) => { draws = true; canvas.setPointerCapture(event.pointerId); pen.beginPath(); pen.moveTo(...at(event)); event.preventDefault(); });
    canvas.addEventListener('pointermove', (event) => { if (draws) { pen.lineTo(...at(event)); pen.stroke(); } });
    canvas.addEventListener('pointerup', () => { draws = false; field.value = canvas.toDataURL('image/png'); field.dispatchEvent(new Event('input', { bubbles: true })); });
    clear.addEventListener('click', blank);
    own.forEach((radio) => radio.addEventListener('change', show));
    blank();
    pen.strokeStyle = '#111'; pen.lineWidth = 3; pen.lineCap = 'round';
    show();
  });

  // What stands in a field goes to the clipboard; without this script it is selected by hand.
  const copied = async (box) => {
    try { await navigator.clipboard.writeText(box.textContent.trim()); return; } catch { /* no clipboard without https: the old way */ }
    const range = document.createRange();
    range.selectNodeContents(box);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    document.execCommand('copy');
  };
  all('[data-copy]').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', async () => { await copied($(`#${button.dataset.copy}`)); tell(button.dataset.copied); button.classList.add('is-done'); });
  });

  // Drafts: kept on the server while somebody types, only when something changed.
  const form = $('form[data-draft]');
  let changed = false, saving = null;
  // Whether the server was reached: it then has the draft, or has said why not.
  const keep = async () => {
    const body = new FormData(form);
    all('input[type=file]', form).forEach((field) => body.delete(field.name));
    const answer = await fetch(form.dataset.draft, { method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'manual' });
    if (answer.type === 'opaqueredirect') throw new SyntaxError('no draft kept here');  // signed out meanwhile
    const said = await answer.json();
    if (answer.ok && form.elements.draft_seen) form.elements.draft_seen.value = said.at;
    $('[data-status]', form).textContent = answer.ok ? form.dataset.saved.replace('%s', said.text) : said.text;
  };
  const save = async () => {
    if (!form || !changed) return;
    changed = false;
    try { await keep(); } catch { changed = true; $('[data-status]', form).textContent = form.dataset.unsaved; }
  };

  // No network: the page stays with all that was typed, and is sent once, as soon as the server answers again.
  const reach = (sheet) => (sheet === form && sheet.dataset.every ? keep() : fetch('/sehat', { method: 'HEAD', cache: 'no-store' }));
  document.addEventListener('submit', (event) => {
    const sheet = event.target;
    if (!sheet.matches('form[data-offline]') || sheet.dataset.reached) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (sheet.dataset.waits) return;
    sheet.dataset.waits = '1';
    const say = $('[data-status]', sheet);
    const send = async () => {
      try {
        await Promise.race([reach(sheet), new Promise((_, late) => setTimeout(late, 15000))]);
      } catch (refused) {
        // An answer that is no draft's (a sign-in page, an error) is the server's too: the page it sends says what to do.
        if (refused instanceof SyntaxError) return go();
        changed = sheet === form;
        say.textContent = sheet.dataset.offline;
        tell(sheet.dataset.offline);
        const again = () => { clearTimeout(timer); removeEventListener('online', again); send(); };
        const timer = setTimeout(again, 5000);
        addEventListener('online', again);
        return;
      }
      go();
    };
    const go = () => { sheet.dataset.reached = '1'; delete sheet.dataset.sent; changed = false; sheet.requestSubmit(event.submitter); setTimeout(() => { delete sheet.dataset.reached; delete sheet.dataset.waits; }, 4000); };
    send();
  }, true);
  if (form) {
    form.addEventListener('input', () => { changed = true; });
    form.addEventListener('submit', () => { changed = false; });
    saving = setInterval(save, Number(form.dataset.every) * 1000);
    addEventListener('beforeunload', (event) => { if (changed) event.preventDefault(); });
  }

  // Sheets that no draft is kept of: whoever leaves one with something typed and not sent is asked first. The lock asks nobody.
  const typed = new Set(all('form[data-typed="yes"]'));
  document.addEventListener('input', ({ target }) => { if (target.form?.matches('[data-typed]')) typed.add(target.form); });
  document.addEventListener('submit', ({ target }) => { if (target.id === 'kunci') typed.clear(); typed.delete(target); });
  addEventListener('beforeunload', (event) => { if (typed.size) event.preventDefault(); });

  // Leaving the counter: Alt+L, or after the idle time. The draft is kept first.
  const lock = async () => { const out = $('#kunci'); if (!out) return; await save(); changed = false; clearInterval(saving); out.requestSubmit(); };
  document.addEventListener('keydown', (event) => { if (event.altKey && event.code === 'KeyL') { event.preventDefault(); lock(); } });
  const idle = Number(document.body.dataset.idle || 0) * 1000;
  if (idle) {
    let since = Date.now();
    ['keydown', 'pointerdown', 'scroll'].forEach((kind) => addEventListener(kind, () => { since = Date.now(); }, { passive: true }));
    setInterval(() => { if (Date.now() - since >= idle) { since = Infinity; lock(); } }, 5000);
  }

  // Time left, counted on while the page is open.
  const english = root.lang === 'en';
  const words = (minutes) => {
    const parts = [[Math.floor(minutes / 1440), english ? 'day' : 'hari'], [Math.floor(minutes / 60) % 24, english ? 'hour' : 'jam'], [minutes % 60, english ? 'minute' : 'menit']];
    const first = Math.max(0, parts.findIndex(([count]) => count));
    const from = parts.some(([count]) => count) ? first : 2;
    return parts.slice(from, from + 2).filter(([count], i) => count || i === 0).map(([count, unit]) => `${count} ${unit}${english && count !== 1 ? 's' : ''}`).join(' ');
  };
  const started = Date.now();
  const tick = () => all('[data-due]').forEach((box) => {
    const left = Date.parse(box.dataset.due) - Date.now();
    const span = words(Math.floor(Math.abs(left) / 60000));
    box.textContent = left < 0 ? span : (english ? `${span} left` : `${span} lagi`);
  });
  setInterval(() => { if (Date.now() - started > 60000) tick(); }, 60000);

  // A wide diagram opens where the case stands.
  const centre = (box) => {
    const area = (node) => { const size = node.getBoundingClientRect(); return size.width * size.height; };
    const rank = (node) => (/Task/.test(node.getAttribute('class')) ? 0 : 1e9) + area(node);
    const here = box && all('.node.is-late, .node.is-now', box).sort((a, b) => rank(a) - rank(b))[0];
    if (!here) return;
    const [outer, inner] = [box.getBoundingClientRect(), here.getBoundingClientRect()];
    box.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
    box.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  };
  const look = () => { centre($('.drawing')); all('[name=ukuran]').forEach((radio) => radio.addEventListener('change', () => centre($('.drawing')))); };
  look();

  // Replay: the slider and the arrow keys turn the page without leaving it.
  const turn = async (address, focus) => {
    const answer = await fetch(address, { headers: { Accept: 'text/html' } });
    if (!answer.ok || answer.redirected) { location.assign(address); return; }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const [before, after] = [$('#putar'), $('#putar', page)];
    if (!after) { location.assign(address); return; }
    const chosen = $('[name=ukuran]:checked', before)?.id;
    before.replaceWith(after);
    if (chosen) $(`#${chosen}`).checked = true;
    look();
    document.title = page.title;
    history.replaceState(null, '', address);
    listen();
    if (focus) $('#langkah')?.focus();
    tell($('.moment', after)?.textContent.replace(/\s+/g, ' ').trim() || '');
  };
  const listen = () => {
    const slider = $('#langkah');
    if (!slider) return;
    slider.addEventListener('change', () => turn(`${location.pathname}?langkah=${slider.value}`, true));
    all('#putar .stepper a, #putar .log a').forEach((link) => link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      turn(link.href, link.dataset.key !== undefined);
    }));
  };
  listen();
  document.addEventListener('keydown', (event) => {
    if (!$('#putar') || event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const link = $(`#putar [data-key="${event.key}"]`);
    if (link && !event.target.closest('.drawing')) { event.preventDefault(); link.click(); }
  });

  // Single keys, where the account wants them: rows of a list, and going places. In a field they only write.
  const rows = all('.tasks tbody tr');
  let here = -1, going = false;
  const stand = (n) => { if (!rows.length) return; here = Math.min(Math.max(n, 0), rows.length - 1); rows.forEach((row, i) => row.classList.toggle('is-here', i === here)); $('th a', rows[here]).focus(); };
  const acts = {
    j: () => stand(here + 1), k: () => stand(here - 1), x: () => $('input[type=checkbox]', rows[here] || root)?.click(),
    c: () => $('[data-claim]', rows[here] || (rows.length ? document.createElement('p') : document))?.click(), '?': () => location.assign('/tombol'),
  };
  const places = { t: '/tugas', a: '/tugas?kotak=pool', k: '/kasus', p: '/pemberitahuan' };
  if ('keys' in document.body.dataset) document.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest('input:not([type=checkbox]), textarea, select, [contenteditable], .drawing')) return;
    const arrow = rows.some((row) => row.contains(event.target)) && { ArrowDown: 'j', ArrowUp: 'k' }[event.key];
    const act = going && places[event.key] ? () => location.assign(places[event.key]) : acts[arrow || event.key];
    going = !going && event.key === 'g';
    if (act) { event.preventDefault(); act(); }
  });
})();
