/**
 * X.509 certificates for servers of tests, made on the spot: no key lies in the repository, and none
 * expires. Just enough DER for what TLS clients look at: who signed, for which name, how long.
 */
import { createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';

export interface Certificate {
  /** PEM, as node:tls takes them. */
  cert: string;
  key: string;
  name: string;
  privateKey: KeyObject;
}

export interface CertificateOptions {
  /** A host name. */
  name: string;
  /** Absent: it signs itself. */
  signedBy?: Certificate;
  validFrom?: Date;
  validTo?: Date;
}

const DAY_MS = 86_400_000;

export function makeCertificate({ name, signedBy, ...options }: CertificateOptions): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { validFrom = new Date(Date.now() - DAY_MS), validTo = new Date(Date.now() + DAY_MS) } = options;
  const ecdsaWithSha256 = sequence(objectId([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
  const isAuthority = sequence(objectId([0x55, 0x1d, 0x13]), octets(sequence(...(signedBy ? [] : [der(0x01, Buffer.from([0xff]))]))));
  const forName = sequence(objectId([0x55, 0x1d, 0x11]), octets(sequence(der(0x82, Buffer.from(name)))));
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    toName(signedBy?.name ?? name),
    sequence(toTime(validFrom), toTime(validTo)),
    toName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(isAuthority, forName)),
  );
  const signature = createSign('sha256')
    .update(content)
    .sign(signedBy?.privateKey ?? privateKey);
  const whole = sequence(content, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    name,
    privateKey,
  };
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, Buffer.concat(parts));
const octets = (content: Buffer): Buffer => der(0x04, content);
const objectId = (bytes: number[]): Buffer => der(0x06, Buffer.from(bytes));
/** Only a common name. */
const toName = (name: string): Buffer => sequence(der(0x31, sequence(objectId([0x55, 0x04, 0x03]), der(0x0c, Buffer.from(name)))));
/** UTCTime: YYMMDDHHMMSSZ. */
const toTime = (date: Date): Buffer => der(0x17, Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
