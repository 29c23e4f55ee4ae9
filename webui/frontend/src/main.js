// The drawing page: opens the draft's diagram, keeps panel, list and findings beside it, saves it as the next revision.
import { Elements, choose } from './elements.js';
import { laneName } from './fields.js';
import { Findings } from './findings.js';
import { Keys } from './keys.js';
import { keepUnshown, unfit } from './layout.js';
import { frame, modelerIn } from './modeler.js';
import { FileOrder } from './order.js';
import { Panel } from './panel.js';
import { Server, SignedOut } from './server.js';
import { say } from './words.js';

const $ = (selector) => document.querySelector(selector);
const page = $('#studio'), status = $('#studio-keadaan'), controls = $('#studio-simpan');

// A second press while the first is on its way is the same wish.
const once = (act) => {
  let going;
  return () => (going ??= act().finally(() => { going = undefined; }));
};

async function begin() {
  const board = JSON.parse(page.dataset.board), server = new Server(controls);
  const modeler = modelerIn($('#kanvas')), keys = new Keys(modeler, board.fixed);
  const check = async (text) => {
    try { return (await server.ask(page.dataset.checkExpression, { text })).problem || ''; } catch { return ''; }
  };
  const panel = new Panel($('#sifat'), modeler, board, keys, check);
  new Elements($('#elemen'), $('#cari-elemen'), modeler);
  const findings = new Findings($('#hasil-temuan'), modeler);
  let edits = 0, saved = 0, revision = page.dataset.revision;
  const changed = () => edits !== saved;
  const tell = (text, isBad) => { status.textContent = text; status.classList.toggle('bad-news', Boolean(isBad)); };
  const unanswered = (wrong) => {
    const isSignedOut = wrong instanceof SignedOut;
    tell(say(isSignedOut ? 'signed_out' : 'unreachable'), true);
    $('#studio-keluar').hidden = !isSignedOut;
  };

  try {
    const xml = $('#isi-diagram').value, wrong = unfit((await modeler.get('moddle').fromXML(xml)).rootElement);
    if (wrong) throw new Error(say('no_place', wrong.bpmnElement?.name || wrong.bpmnElement?.id || wrong.id));
    const { warnings } = await modeler.importXML(xml);
    keepUnshown(modeler);
    if (warnings.length) tell(say('opened_with', warnings.length), true);
  } catch (wrong) {
    tell(say('cannot_open', wrong.message.slice(0, 200)), true);
    controls.querySelectorAll('button').forEach((button) => { button.disabled = true; });
    return;
  }
  frame(modeler);
  panel.show();
  findings.show(board.findings);
  modeler.on('commandStack.changed', ({ trigger }) => {
    if (trigger !== 'clear') edits += 1;
    findings.changed();
    if (changed()) tell(say('unsaved'));
  });

  const order = new FileOrder(modeler.getDefinitions());
  // What is still being typed, in the panel or on the drawing, counts.
  const settle = () => {
    if (modeler.get('directEditing').isActive()) modeler.get('directEditing').complete();
    const here = document.activeElement;
    if (here.closest?.('#sifat')) { here.blur(); if (here.isConnected) here.focus(); }
  };
  const written = async () => {
    settle();
    keys.giveAll();
    order.restore(modeler.getDefinitions());
    return (await modeler.saveXML({ format: true })).xml;
  };
  const send = async (address, extra) => {
    const lanes = modeler.get('elementRegistry').filter((one) => one.businessObject.$type === 'bpmn:Lane').map((one) => board.lanes[laneName(one.businessObject)] && laneName(one.businessObject)).filter(Boolean);
    const xml = await written(), upTo = edits;
    const answer = await server.ask(address, { files: new Blob([xml], { type: 'application/xml' }), file_name: board.file, lane: lanes, role: lanes.map((name) => board.lanes[name]), ...extra });
    $('#studio-keluar').hidden = true;
    return { ...answer, upTo };
  };
  const save = once(async () => {
    tell(say('saving'));
    try {
      const answer = await send(page.dataset.save, { revision, note: controls.elements.note.value });
      if (!answer.ok) { tell(answer.problem, true); $('#studio-tertahan').hidden = answer.status !== 409; return false; }
      revision = $('#studio-revisi').textContent = String(answer.revision);
      saved = answer.upTo;
      findings.show(answer.findings);
      tell(say(changed() ? 'unsaved' : 'saved', revision));
      return true;
    } catch (wrong) { unanswered(wrong); return false; }
  });
  const look = once(async () => {
    tell(say('checking'));
    try {
      const answer = await send(page.dataset.check, {});
      if (!answer.ok) { tell(answer.problem, true); return; }
      findings.show(answer.findings);
      tell(say('checked'));
    } catch (wrong) { unanswered(wrong); }
  });
  const download = (content, type, name) => {
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([content], { type })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const branch = once(async () => {
    try {
      const answer = await send(page.dataset.branch, { revision, note: controls.elements.note.value });
      if (!answer.ok) { tell(answer.problem, true); return ''; }
      saved = answer.upTo;
      return answer.address;
    } catch (wrong) { unanswered(wrong); return ''; }
  });
  const acts = {
    branch: async () => { const address = await branch(); if (address) location.assign(address); },
    save, check: look, undo: () => modeler.get('commandStack').undo(), redo: () => modeler.get('commandStack').redo(), fit: () => modeler.get('canvas').zoom('fit-viewport'),
    bpmn: async () => download(await written(), 'application/xml', board.file), svg: async () => download((await modeler.saveSVG()).svg, 'image/svg+xml', 'diagram.svg'),
  };
  document.addEventListener('click', (event) => { const button = event.target.closest('[data-act]'); if (button) acts[button.dataset.act](); });
  document.addEventListener('keydown', (event) => { if ((event.ctrlKey || event.metaKey) && event.key === 's') { event.preventDefault(); save(); } });
  controls.addEventListener('submit', (event) => { event.preventDefault(); save(); });
  addEventListener('beforeunload', (event) => { if (changed()) event.preventDefault(); });
  // The screen is locked by hand or by itself, whatever happens: what was drawn is saved first, as another draft where it cannot be this one's.
  document.addEventListener('submit', async (event) => {
    if (event.target.id !== 'kunci' || !changed()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await Promise.race([save().then((isSaved) => isSaved || branch()), new Promise((answer) => setTimeout(answer, 8000))]);
    saved = edits;
    event.target.submit();
  }, true);
  page.dataset.ready = 'ya';
  choose(modeler, decodeURIComponent(location.hash.slice(1)));
}

begin();
