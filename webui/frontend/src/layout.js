// The layout of a file that any tool may have written: whether it can be drawn at all, and that what is not shown stays in it.
const FARTHEST = 1e6;

const boxes = (one) => [one.bounds, one.label?.bounds].filter(Boolean);
const numbers = (one) => boxes(one).flatMap(({ x, y, width, height }) => [x, y, width, height]).concat((one.waypoint || []).flatMap(({ x, y }) => [x, y]));

const COLOURS = ['bioc:stroke', 'bioc:fill', 'color:border-color', 'color:background-color'];
const colours = (one) => [...COLOURS.map((name) => one.get(name)), one.label?.get('color:color')].filter(Boolean);
const isColour = (text) => /^(#[0-9a-f]{3,8}|[a-z]{3,24}|(rgb|hsl)a?\([\d\s.,%/]{1,40}\))$/i.test(text.trim());

// The first part with a number that is none, or beyond every sheet: drawing it would never end; or with a
// colour that is none, such as an address to fetch. Undefined: there is none.
export const unfit = (definitions) => (definitions.diagrams || []).flatMap((one) => one.plane?.planeElement || []).find((one) =>
  numbers(one).some((each) => !(Math.abs(each) <= FARTHEST)) || boxes(one).some(({ width, height }) => width < 0 || height < 0)
  || !colours(one).every(isColour));

// As it writes, the modeler puts down only what it shows of a sheet; a process that stands on another one's sheet would lose its place.
export function keepUnshown(modeler) {
  const shown = new Set(modeler.get('elementRegistry').getAll().map((one) => one.di));
  const rest = modeler.get('canvas').getRootElements().filter((one) => one.di?.planeElement)
    .map(({ di }) => [di, di.planeElement.filter((one) => one.bpmnElement && !shown.has(one))]);
  modeler.on('saveXML.start', 500, () => rest.forEach(([plane, parts]) => plane.planeElement.push(...parts)));
}
