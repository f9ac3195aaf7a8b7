import { expect } from 'chai';
import { status } from '@grpc/grpc-js';
import { CommitStatusError, EndorseError, GatewayError } from '@hyperledger/fabric-gateway';
import fc from 'fast-check';
import { isDeadline, parseRejection, toBroadcastError, toLedgerError } from '../../../../gateway/adapters/peer-errors';

type Details = readonly (readonly [mspId: string, message: string])[];

const cause = (code: number, details: string) =>
  ({ code, details, message: details, name: 'Error', metadata: undefined }) as never;
const toDetails = (details: Details) => details.map(([mspId, message]) => ({ mspId, message, address: 'peer:7051' }));

const endorseError = (code: number, message: string, details: Details = []) =>
  new EndorseError({ code, details: toDetails(details), cause: cause(code, message), transactionId: 't1', message });
const gatewayError = (code: number, message: string, details: Details = []) =>
  new GatewayError({ code, details: toDetails(details), cause: cause(code, message), message });

const rejection = (code: string, details = {}) =>
  `chaincode response 500, ${JSON.stringify({ code, details, message: 'secret price 17' })}`;
const SEE = 'failed to endorse transaction, see attached details for more info';
const NOT_ENOUGH = 'failed to collect enough transaction endorsements, see attached details for more info';

/** What real peers answered (fabric-golden), and what it must mean. */
const ENDORSE: readonly (readonly [name: string, error: Error, expected: Record<string, unknown>])[] = [
  [
    'our refusal from one peer',
    endorseError(status.ABORTED, SEE, [['OneMSP', rejection('RECORD_STALE', { record: 'r1' })]]),
    { outcome: 'rejected', code: 'RECORD_STALE', details: { record: 'r1' }, transactionId: 't1' },
  ],
  [
    'the same refusal from all',
    endorseError(status.ABORTED, NOT_ENOUGH, [
      ['TwoMSP', rejection('STATUS_FORBIDS')],
      ['OneMSP', rejection('STATUS_FORBIDS')],
    ]),
    { outcome: 'rejected', code: 'STATUS_FORBIDS', details: {} },
  ],
  [
    'peers that disagree',
    endorseError(status.ABORTED, NOT_ENOUGH, [
      ['TwoMSP', rejection('STATUS_FORBIDS')],
      ['OneMSP', rejection('RECORD_STALE')],
    ]),
    { outcome: 'rejected', code: 'RECORD_STALE', details: { others: 'STATUS_FORBIDS' } },
  ],
  [
    'our refusal on evaluate',
    gatewayError(status.UNKNOWN, `evaluate call to endorser returned error: ${rejection('PEER_NOT_YOURS')}`),
    { outcome: 'rejected', code: 'PEER_NOT_YOURS' },
  ],
  [
    'different answers',
    endorseError(status.ABORTED, NOT_ENOUGH, [['BankMSP', 'ProposalResponsePayloads do not match']]),
    { outcome: 'conflict', code: 'ENDORSEMENTS_DIFFER', details: { members: 'BankMSP' } },
  ],
  [
    'another chaincode error',
    endorseError(status.ABORTED, SEE, [['OneMSP', 'chaincode response 500, this went wrong']]),
    { outcome: 'rejected', code: 'ENDORSEMENT_FAILED', details: { members: 'OneMSP' } },
  ],
  [
    'a code we do not know',
    endorseError(status.ABORTED, SEE, [['OneMSP', rejection('NO_SUCH_CODE')]]),
    { outcome: 'rejected', code: 'ENDORSEMENT_FAILED' },
  ],
  [
    "a code that is every object's",
    endorseError(status.ABORTED, SEE, [['OneMSP', rejection('constructor')]]),
    { outcome: 'rejected', code: 'ENDORSEMENT_FAILED' },
  ],
  [
    'an unknown organisation among the endorsers',
    endorseError(status.UNAVAILABLE, 'failed to find any endorsing peers for org(s): NobodyMSP'),
    { outcome: 'unavailable', code: 'PEER_UNAVAILABLE' },
  ],
  [
    'no peers for the policy',
    endorseError(
      status.FAILED_PRECONDITION,
      'no combination of peers can be derived which satisfy the endorsement policy: x',
    ),
    { outcome: 'unavailable', code: 'PEER_UNAVAILABLE' },
  ],
  [
    'no peers to evaluate',
    gatewayError(status.FAILED_PRECONDITION, 'no peers available to evaluate chaincode nowhere in channel trade'),
    { outcome: 'unavailable', code: 'PEER_UNAVAILABLE' },
  ],
  [
    'a peer that is down',
    endorseError(status.ABORTED, SEE, [['OneMSP', 'rpc error: code = Unavailable desc = connection error']]),
    { outcome: 'unavailable', code: 'PEER_UNAVAILABLE' },
  ],
  [
    'a chaincode that does not answer',
    endorseError(status.ABORTED, SEE, [
      ['OneMSP', 'error in simulation: failed to execute transaction t: timeout expired while executing transaction'],
    ]),
    { outcome: 'unavailable', code: 'PEER_UNAVAILABLE' },
  ],
  [
    "Fabric's limiter",
    gatewayError(status.UNKNOWN, 'too many requests for /gateway.Gateway/Endorse, exceeding concurrency limit (500)'),
    { outcome: 'unavailable', code: 'PEER_BUSY' },
  ],
  [
    'a request too large for the wire',
    gatewayError(status.RESOURCE_EXHAUSTED, 'Received message larger than max (6002856 vs. 4194304)'),
    { outcome: 'rejected', code: 'REQUEST_TOO_LARGE' },
  ],
  [
    'a time limit',
    endorseError(status.DEADLINE_EXCEEDED, 'Deadline exceeded after 60s'),
    { outcome: 'unavailable', code: 'PEER_UNAVAILABLE' },
  ],
  [
    'a refused identity',
    gatewayError(
      status.FAILED_PRECONDITION,
      'evaluate call to endorser returned error: error validating proposal: access denied: channel [trade] creator org unknown, creator is malformed',
    ),
    { outcome: 'rejected', code: 'ENDORSEMENT_FAILED' },
  ],
  ['something else entirely', new TypeError('boom'), { outcome: 'unavailable', code: 'PEER_UNAVAILABLE' }],
];

describe('errors of the ledger adapter', () => {
  for (const [name, error, expected] of ENDORSE) {
    it(`endorse or evaluate: ${name}`, () => {
      const found = toLedgerError(error);
      expect(found).to.deep.include(expected);
      expect(`${found.message} ${JSON.stringify(found.details)}`).to.not.match(/secret|boom|went wrong/);
    });
  }

  for (const [name, error, code] of [
    [
      'BAD_REQUEST of the one orderer asked',
      gatewayError(status.ABORTED, 'received unsuccessful response from orderer: status=BAD_REQUEST, info=x', [
        ['O', 'x'],
      ]),
      'ORDERER_REFUSED',
    ],
    [
      'FORBIDDEN after another orderer had it',
      gatewayError(status.ABORTED, 'status=FORBIDDEN', [
        ['O', 'EOF'],
        ['P', 'status=FORBIDDEN'],
      ]),
      'PEER_UNAVAILABLE',
    ],
    [
      'SERVICE_UNAVAILABLE',
      gatewayError(status.ABORTED, 'status=SERVICE_UNAVAILABLE, info=no leader', [['O', 'x']]),
      'PEER_UNAVAILABLE',
    ],
    [
      'no orderers',
      gatewayError(status.UNAVAILABLE, 'no orderers could successfully process transaction'),
      'PEER_UNAVAILABLE',
    ],
    ['the limiter', gatewayError(status.UNKNOWN, 'too many requests for /gateway.Gateway/Submit'), 'PEER_BUSY'],
    ['a broken connection', new Error('socket hang up'), 'PEER_UNAVAILABLE'],
  ] as const) {
    it(`broadcast: ${name}`, () => {
      const found = toBroadcastError(error, 't1');
      expect(found).to.deep.include({
        code,
        outcome: code === 'ORDERER_REFUSED' ? 'rejected' : 'unavailable',
        transactionId: 't1',
      });
    });
  }

  it('tells a status request that ran out of time from one that failed', () => {
    const make = (code: number) =>
      new CommitStatusError({ code, details: [], cause: cause(code, ''), transactionId: 't1' });
    expect(isDeadline(make(status.DEADLINE_EXCEEDED))).to.equal(true);
    expect(isDeadline(make(status.UNAVAILABLE))).to.equal(false);
    expect(isDeadline(new Error('Deadline exceeded'))).to.equal(false);
  });

  it('reads a refusal out of no text but ours, and takes only short text details', () => {
    fc.assert(
      fc.property(fc.string(), fc.json(), (text, json) => {
        const found = parseRejection(`${text}chaincode response 500, ${json}`);
        return found === undefined || found.code.length > 0;
      }),
    );
    const message = `chaincode response 500, ${JSON.stringify({
      code: 'RECORD_STALE',
      details: { good: 'r1', number: 5, nested: { a: 'b' }, long: 'x'.repeat(513) },
    })}`;
    expect(parseRejection(message)?.details).to.deep.equal({ good: 'r1' });
    expect(parseRejection(`${message}${' '.repeat(70_000)}`)).to.equal(undefined);
  });
});
