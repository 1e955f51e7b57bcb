// Fields that are encrypted in topics: see "Sensitive fields" in src/docs/contract.md.
//
//   SENSITIVE_KEYS=2026:AAEC...,2025:BBCD...
'use strict';

const {createDecipheriv} = require('node:crypto');

const SEALED = /^enc:v1:([A-Za-z0-9._-]{1,32}):([A-Za-z0-9_-]{38,})$/;
const NONCE = 12;
const TAG = 16;

// The keys by their ids.
function keysOf(text) {
  return new Map((text || '').split(',').filter(Boolean).map((entry) => {
    const [, id, key] = entry.trim().match(/^([^:=]+)[:=](.+)$/);
    return [id, Buffer.from(key, 'base64')];
  }));
}

// The same JSON with its encrypted fields as they were. Throws for one that cannot be decrypted.
function open(json, keys) {
  if (Array.isArray(json)) {
    return json.map((element) => open(element, keys));
  }
  if (json === null || typeof json !== 'object') {
    return json;
  }
  return Object.fromEntries(Object.entries(json).map(([name, value]) => {
    const parts = typeof value === 'string' && keys.size > 0 ? value.match(SEALED) : null;
    return [name, parts ? opened(name, parts, keys) : open(value, keys)];
  }));
}

function opened(name, [, id, text], keys) {
  const key = keys.get(id);
  if (!key) {
    throw new Error(`Field '${name}' is encrypted with the key ${id}, which is not here`);
  }
  const all = Buffer.from(text, 'base64url');
  const cipher = createDecipheriv(`aes-${key.length * 8}-gcm`, key, all.subarray(0, NONCE));
  cipher.setAAD(Buffer.from(name, 'utf8'));
  cipher.setAuthTag(all.subarray(all.length - TAG));
  const plain = Buffer.concat([cipher.update(all.subarray(NONCE, all.length - TAG)), cipher.final()]);
  return JSON.parse(plain.toString('utf8'));
}

module.exports = {keysOf, open};
