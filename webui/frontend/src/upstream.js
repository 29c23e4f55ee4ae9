// What a condition may ask for: the steering fields of the forms, and the results of the tables, on some way that leads to it.
import { say } from './words.js';

const quoted = (text) => `"${text.replace(/(["\\])/g, '\\$1')}"`;

function texts(field) {
  if (field.options.length && field.type === 'choices') return field.options.map(([value, label]) => [`list contains(${field.key}, ${quoted(value)})`, `${field.label}: ${label}`]);
  if (field.options.length) return field.options.map(([value, label]) => [`${field.key} = ${quoted(value)}`, `${field.label} = ${label}`]);
  if (field.type === 'boolean') return ['true', 'false'].map((value) => [`${field.key} = ${value}`, `${field.label} = ${value}`]);
  if (field.type === 'integer' || field.type === 'decimal') return [[`${field.key} > 0`, `${field.label} > 0`]];
  return [[field.key, field.label]];
}

// Groups of [what is inserted, what people read], nearest first.
export function offered(flow, board) {
  const seen = new Set(), forms = [], results = new Set(), waiting = [flow.sourceRef];
  while (waiting.length) {
    const node = waiting.shift();
    if (!node || seen.has(node)) continue;
    seen.add(node);
    if (node.get('sop:form') && !forms.includes(node.get('sop:form'))) forms.push(node.get('sop:form'));
    if (node.get('sop:result')) results.add(node.get('sop:result'));
    (node.incoming || []).forEach((one) => waiting.push(one.sourceRef));
    if (node.attachedToRef) waiting.push(node.attachedToRef);
    if (node.$type === 'bpmn:StartEvent' && node.$parent?.$type !== 'bpmn:Process') waiting.push(node.$parent);
    else if (node.$type === 'bpmn:StartEvent' && board.start_form && !forms.includes(board.start_form)) forms.push(board.start_form);
    // What is asked inside a sub-process is known after it.
    (node.flowElements || []).filter((one) => one.$type !== 'bpmn:SequenceFlow').forEach((one) => waiting.push(one));
  }
  const groups = forms.flatMap((key) => {
    const form = board.forms.find((one) => one.key === key);
    const asked = form ? form.fields.flatMap(texts) : [];
    return asked.length ? [{ label: form.title, entries: asked }] : [];
  });
  return results.size ? [...groups, { label: say('by_table'), entries: [...results].map((name) => [name, name]) }] : groups;
}
