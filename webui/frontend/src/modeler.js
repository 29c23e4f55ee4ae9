// bpmn-js with the words of design.md 5a, in the page's language.
import Modeler from 'bpmn-js/lib/Modeler';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import { indonesian } from './indonesian.js';
import { SetStandard } from './standard.js';
import { isEnglish } from './words.js';
import sop from './sop.json';

// bpmn-moddle 10.3.1 writes these three by the name of their type, which loses the key that a message is told by.
const BY_NAME = [['CorrelationPropertyRetrievalExpression', 'messagePath'], ['CorrelationPropertyBinding', 'dataPath'], ['ComplexBehaviorDefinition', 'condition']];

export function modelerIn(container) {
  const modeler = new Modeler({ container, moddleExtensions: { sop }, additionalModules: [CreateAppendAnythingModule, ...(isEnglish ? [] : [indonesian])] });
  for (const [type, name] of BY_NAME) {
    modeler.get('moddle').registry.typeMap[`bpmn:${type}`].properties.find((one) => one.ns.localName === name).xml = { serialize: 'property' };
  }
  modeler.get('commandStack').registerHandler('sop.standard', SetStandard);
  return modeler;
}

// Fit the drawing beside the palette, readable rather than whole.
export function frame(modeler) {
  const canvas = modeler.get('canvas'), box = canvas.viewbox();
  const scale = Math.min(1, Math.max(0.6, box.outer.width / (box.inner.width + 160)));
  canvas.viewbox({ x: box.inner.x - 115 / scale, y: box.inner.y - 20 / scale, width: box.outer.width / scale, height: box.outer.height / scale });
}
