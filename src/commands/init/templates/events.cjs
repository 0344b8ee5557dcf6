// Processes each event once. The directory `processed` has an empty file for each event: only one process can create it.
// With a database, use a table with a unique column instead, in the transaction of your own changes.
const { createHash } = require('node:crypto');
const { closeSync, mkdirSync, openSync, unlinkSync } = require('node:fs');
const { join } = require('node:path');

const directory = process.env.PROCESSED_EVENTS ?? 'processed';
mkdirSync(directory, { recursive: true });

// Your work. cStar waits 10 seconds for the answer: put what takes longer into a queue here.
async function work(event) {
  console.log('processed', event.type, event.id);
}

// The status to answer an authentic request with: 208 is "already reported", and as good as 200 to cStar.
async function receive(body) {
  let event;
  try {
    event = JSON.parse(body);
  } catch {
    return 400;
  }
  if (typeof event?.id !== 'string' || typeof event.type !== 'string') return 400;
  // The id of the body is signed, X-Event-ID is not.
  const file = join(directory, createHash('sha256').update(event.id).digest('hex'));
  try {
    closeSync(openSync(file, 'wx'));
  } catch (error) {
    if (error.code === 'EEXIST') {
      console.log('already processed', event.id);
      return 208;
    }
    console.error(error);
    return 500;
  }
  try {
    await work(event);
    return 200;
  } catch (error) {
    // The next attempt tries again.
    unlinkSync(file);
    console.error(error);
    return 500;
  }
}

module.exports = { receive };
