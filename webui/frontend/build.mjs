// Bundles the studio's drawing page: one script, one style sheet, the icon font and the notices of everything in them.
import { build } from 'esbuild';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';

const out = '../static/dist';
rmSync(out, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { studio: 'src/main.js', 'studio-style': 'src/studio.css' },
  outdir: out, entryNames: '[name]-[hash]', assetNames: '[name]-[hash]',
  bundle: true, minify: true, metafile: true, format: 'iife', target: ['es2020'], legalComments: 'linked', logLevel: 'warning',
  loader: { '.woff2': 'file', '.woff': 'file', '.ttf': 'file', '.eot': 'file', '.svg': 'file' },
});

const names = {};
for (const [file, made] of Object.entries(metafile.outputs)) {
  if (made.entryPoint) names[made.entryPoint.endsWith('.css') ? 'style' : 'script'] = relative(out, file);
}
writeFileSync(`${out}/manifest.json`, JSON.stringify(names));

const packages = new Set(Object.keys(metafile.inputs).map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1]).filter(Boolean));
writeFileSync(`${out}/THIRD-PARTY.txt`, [...packages].sort().map((name) => {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const notice = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  return `== ${name} ${version} (${license})\n${notice ? readFileSync(`${folder}/${notice}`, 'utf8') : ''}`;
}).join('\n'));
