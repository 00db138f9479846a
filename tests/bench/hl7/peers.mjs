// What npm packages make of the same files: node peers.mjs FOLDER. One process, one thread; each figure over a second.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

globalThis.WebSocket ??= class {};  // @medplum/core names it when it is loaded.
const require = createRequire(import.meta.url);
const folder = process.argv[2];
const a28 = readFileSync(`${folder}/a28.hl7`, 'utf8');
const letter = readFileSync(`${folder}/letter.hl7`, 'utf8');
const corpus = readCorpus(readFileSync(`${folder}/corpus.bin`));

function readCorpus(bytes) {
    const messages = [];
    for (let at = 0; at < bytes.length;) {
        const end = bytes.indexOf(10, at);
        const length = Number(bytes.toString('latin1', at, end));
        messages.push(bytes.toString('utf8', end + 1, end + 1 + length));
        at = end + 1 + length;
    }
    return messages;
}

function rate(run) {
    run();
    let runs = 0;
    const begin = process.cpuUsage();
    let spent = 0;
    while (spent < 700_000) {
        run();
        ++runs;
        const used = process.cpuUsage(begin);
        spent = used.user + used.system;
    }
    return runs / (spent / 1e6);
}

function print(what, value, unit) {
    console.log(`${what.padEnd(58)} ${String(Math.round(value)).padStart(12)} ${unit}`);
}

function measure(name, read, readData) {
    const line = (what, run, unit, factor = 1) => {
        try {
            print(`${name}: ${what}`, rate(run) * factor, unit);
        } catch (error) {
            console.log(`${name}: ${what}: not measured, it fails (${error.constructor.name})`);
        }
    };
    line('parse and read nine fields of the A28', () => {
        for (let i = 0; i < 20; ++i) read(a28);
    }, '/s', 20);
    if (corpus.length > 0) {
        let refused = 0;
        const bytes = corpus.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
        line('corpus mix', () => {
            refused = 0;
            for (const message of corpus) {
                try {
                    readData(message);
                } catch {
                    ++refused;
                }
            }
        }, 'MB/s', bytes / 1e6);
        if (refused > 0) console.log(`    of ${corpus.length} files it throws at ${refused}`);
    }
    line('820 kB of base64: parse and read OBX-5.5', () => readData(letter), '/s');
}

function withSimple() {
    const hl7 = require('simple-hl7');
    const read = (text) => {
        const message = new hl7.Parser().parse(text);
        const pid = message.getSegment('PID');
        return [message.header.getField(8), message.header.getComponent(7, 2), pid.getComponent(3, 1),
                pid.getComponent(5, 1), pid.getComponent(5, 2), pid.getField(7), pid.getField(8),
                pid.getComponent(11, 5), message.getSegment('PD1').getComponent(4, 1)];
    };
    measure('simple-hl7', read, (text) => new hl7.Parser().parse(text).getSegment('OBX')?.getComponent(5, 5));
}

function withMedplum() {
    const {Hl7Message} = require('@medplum/core');
    const read = (text) => {
        const message = Hl7Message.parse(text);
        const [msh, pid] = [message.getSegment('MSH'), message.getSegment('PID')];
        return [msh.getField(10).toString(), msh.getComponent(9, 2), pid.getComponent(3, 1), pid.getComponent(5, 1),
                pid.getComponent(5, 2), pid.getField(7).toString(), pid.getField(8).toString(),
                pid.getComponent(11, 5), message.getSegment('PD1').getComponent(4, 1)];
    };
    measure('@medplum/core', read, (text) => Hl7Message.parse(text).getSegment('OBX')?.getComponent(5, 5));
}

function withNode() {
    const {Message} = require('node-hl7-client');
    const read = (text) => {
        const message = new Message({text});
        return ['MSH.10', 'MSH.9.2', 'PID.3.1', 'PID.5.1', 'PID.5.2', 'PID.7', 'PID.8', 'PID.11.5', 'PD1.4.1'].map(
            (path) => message.get(path).toString());
    };
    measure('node-hl7-client', read, (text) => new Message({text}).get('OBX.5.5').toString());
}

for (const [name, run] of [['simple-hl7', withSimple], ['@medplum/core', withMedplum], ['node-hl7-client', withNode]]) {
    try {
        run();
    } catch (error) {
        console.log(`${name}: not measured (${error.code ?? error.constructor.name})`);
    }
}
