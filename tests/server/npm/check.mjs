// What the scripts of this folder share: `ok` and `not ok` lines, and errors that must come.
import assert from 'node:assert/strict';

export { assert };
export const base = process.argv[2]; // http://127.0.0.1:PORT
export const key = 'sk-mock';

export const weather = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 2 } },
  required: ['city', 'days'],
  additionalProperties: false,
};

export function isWeather(value) {
  assert.equal(typeof value.city, 'string');
  assert.ok(Number.isInteger(value.days) && value.days >= 2);
}

export async function check(name, body) {
  try {
    await body();
    console.log(`ok - npm: ${name}`);
  } catch (error) {
    console.log(`not ok - npm: ${name}`);
    console.log(`#   ${String(error.stack ?? error).split('\n').slice(0, 12).join('\n#   ')}`);
    process.exitCode = 1;
  }
}

// The error that `body` must throw.
export async function failure(body) {
  try {
    await body();
  } catch (error) {
    return error;
  }
  throw new Error('no error came');
}
