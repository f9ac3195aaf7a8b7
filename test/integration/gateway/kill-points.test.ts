import { expect } from 'chai';
import type { MemberClient } from '../../../scripts/demo/member-client';
import type { LedgerKind } from '../../../scripts/start/consortium';
import { GatewayHarness } from '../../support/e2e/gateway-harness';
import { KILL_POINTS } from '../../support/e2e/kill-points';
import { untilAnswered } from '../../support/e2e/until-answered';
import { OwnGateway } from '../../support/e2e/own-gateway';
import { failureOf } from '../../support/gateway/failure-of';
import { releaseOrSkip } from '../../support/ledger/real-release';

const LEDGERS: readonly (readonly [kind: LedgerKind, title: string])[] = [
  ['embedded', 'the embedded ledger'],
  ['fabric', 'a real network'],
];

for (const [kind, title] of LEDGERS) {
  describe(`a gateway that dies between two steps of a write, on ${title}`, function () {
    this.timeout(180_000);
    const harness = new GatewayHarness(kind);
    let gateway: OwnGateway;

    before(async function () {
      if (kind === 'fabric') releaseOrSkip(this);
      await harness.start();
      gateway = new OwnGateway(harness);
    });
    after(async () => {
      await gateway?.kill();
      await harness.run.discard();
    });

    const write = (client: MemberClient, reason: string): Promise<unknown> =>
      client.post('/v1/notices', 'approver', reason, { kind: 'demand', order: harness.stage.known('order'), reason });

    for (const point of KILL_POINTS) {
      it(`after "${point}" ends the write exactly once`, async () => {
        const reason = `killed after ${point}`.replaceAll(' ', '-');
        const dying = await gateway.start(point);
        await failureOf(write(dying, reason)); // its connection breaks: the caller knows nothing
        await gateway.ended();
        const again = await gateway.start();
        await untilAnswered(() => write(again, reason));
        await untilAnswered(() => write(again, reason)); // and a repeat is the same write
        const { items } = await harness.stage.arbitration.get<{
          items: readonly { groups: { notice: { reason: string } } }[];
        }>('/v1/notices?limit=200');
        expect(items.filter(({ groups }) => groups.notice.reason === reason)).to.have.length(1);
        await gateway.kill();
      });
    }
  });
}
