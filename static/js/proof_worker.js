// Looks for the number whose SHA-256 with the challenge before it begins with so many zero bits. Written out because the
// browser's own one answers asynchronously, which is slower than the sum itself, and is missing on plain http.

const PRIMES = primes(64);
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const W = new Int32Array(64);

addEventListener("message", ({ data: { challenge, bits } }) => {
  let answer = 0;
  while (Math.clz32(firstWord(`${challenge}:${answer}`)) < bits) answer += 1;
  postMessage(answer);
});

// The first 32 bits of the digest of a text of ASCII: no proof asks for more.
function firstWord(text) {
  const state = START.slice();
  const words = padded(text);
  for (let at = 0; at < words.length; at += 16) {
    W.set(words.subarray(at, at + 16));
    mix(state);
  }
  return state[0] >>> 0;
}

function padded(text) {
  const words = new Int32Array(((text.length + 8) >> 6) * 16 + 16);
  for (let i = 0; i < text.length; i += 1) words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
  words[text.length >> 2] |= 0x80 << (24 - (text.length % 4) * 8);
  words[words.length - 1] = text.length * 8;
  return words;
}

function mix(state) {
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i += 1) {
    if (i > 15) {
      const late = W[i - 2], early = W[i - 15];
      W[i] = W[i - 16] + W[i - 7]
        + (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10));
    }
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g; g = f; f = e; e = (d + one) | 0;
    d = c; c = b; b = a; a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] += word; });
}

function turn(word, by) {
  return (word >>> by) | (word << (32 - by));
}

function primes(count) {
  const found = [];
  for (let n = 2; found.length < count; n += 1) if (found.every((prime) => n % prime)) found.push(n);
  return found;
}

function fraction(number) {
  return ((number - Math.floor(number)) * 2 ** 32) | 0;
}
