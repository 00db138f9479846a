// What others need for the same work: node peers.mjs FOLDER
// FOLDER holds definitions.json (a Bundle of StructureDefinitions), a folder of documents for each job, and fhirpath/
// with patient.json and expressions.txt. Prints lines "peer \t version \t job or expression \t passes a second of CPU".
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const folder = process.argv[2];
const require = createRequire(import.meta.url);
const version = (name) => JSON.parse(readFileSync(join(import.meta.dirname, 'node_modules', name, 'package.json'))).version;
const text = (...path) => readFileSync(join(folder, ...path), 'utf8');
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

// The best of five, after as long a time to warm up.
function passesASecond(run) {
  const slice = (seconds) => {
    const begin = cpu();
    let passes = 0;
    let spent = 0;
    do {
      run();
      ++passes;
      spent = cpu() - begin;
    } while (spent < seconds);
    return passes / spent;
  };
  slice(0.5);
  let best = 0;
  const begin = cpu();
  for (let i = 0; i < 5 && cpu() - begin < 3; ++i) best = Math.max(best, slice(0.1));
  return best;
}

function report(peer, job, run, times = 1) {
  try {
    console.log([peer, version(peer), job, times * passesASecond(run)].join('\t'));
  } catch (error) {
    console.error(`${peer}, ${job}: ${error.message}`);
  }
}

const jobs = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'fhirpath')
  .map((entry) => ({ name: entry.name, texts: readdirSync(join(folder, entry.name)).map((file) => text(entry.name, file)) }));

function validates(peer, validate) {
  for (const { name, texts } of jobs)
    report(peer, name, () => {
      for (const document of texts) {
        try {
          validate(JSON.parse(document));
        } catch {
          // A refusal is an answer.
        }
      }
    });
}

const { Fhir } = require('fhir/fhir');
const lantana = new Fhir();
validates('fhir', (resource) => lantana.validate(resource));

globalThis.WebSocket ??= class {}; // Node 20 has none, and the package names it when it is loaded.
const medplum = await import('@medplum/core');
medplum.indexStructureDefinitionBundle(JSON.parse(text('definitions.json')));
validates('@medplum/core', (resource) => medplum.validateResource(resource));

const fhirpath = require('fhirpath');
const model = require('fhirpath/fhir-context/r4');
const patient = JSON.parse(text('fhirpath', 'patient.json'));
for (const expression of text('fhirpath', 'expressions.txt').split('\n').filter(Boolean)) {
  const compiled = fhirpath.compile(expression, model);
  const hundred = () => {
    for (let i = 0; i < 100; ++i) compiled(patient);
  };
  report('fhirpath', expression, hundred, 100);
}
