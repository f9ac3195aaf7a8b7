import { expect } from 'chai';
import { Refused, type MemberClient } from '../../../scripts/demo/member-client';
import { GatewayHarness } from '../../support/e2e/gateway-harness';
import { OwnGateway } from '../../support/e2e/own-gateway';
import { untilAnswered } from '../../support/e2e/until-answered';

const WRITES = 60,
  AT_ONCE = 10,
  KILL_AFTER = 15;

describe('a gateway killed in the middle of its writes', function () {
  this.timeout(120_000);
  const harness = new GatewayHarness();
  let gateway: OwnGateway;

  before(async () => {
    await harness.start();
    gateway = new OwnGateway(harness);
  });
  after(async () => {
    await gateway?.kill();
    await harness.run.discard();
  });

  const write = (client: MemberClient, number: number): Promise<unknown> =>
    client.post('/v1/notices', 'approver', `kill-${number}`, {
      kind: 'demand',
      order: harness.stage.known('order'),
      reason: `demand ${number}`,
    });

  it('ends every write exactly once, and calls none failed that was not', async () => {
    const first = await gateway.start();
    const answered = new Set<number>();
    let next = 0;
    const work = async (): Promise<void> => {
      for (let number = next++; number < WRITES; number = next++) {
        try {
          await write(first, number);
          answered.add(number);
          if (answered.size === KILL_AFTER) await gateway.kill();
        } catch (error) {
          // A connection that broke says nothing; a refusal that says "rejected" would be a falsehood.
          if (error instanceof Refused) expect(error.problem['outcome']).to.not.equal('rejected');
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect(answered.size, 'some were answered before the kill').to.be.at.least(KILL_AFTER);
    expect(answered.size, 'and some were not').to.be.lessThan(WRITES);

    const second = await gateway.start();
    for (let number = 0; number < WRITES; number++) await untilAnswered(() => write(second, number));
    const reasons = await allReasons();
    expect(reasons.length).to.equal(WRITES);
    expect(new Set(reasons).size).to.equal(WRITES);
    const metrics = Buffer.from(await second.bytes('/metrics')).toString('utf8');
    expect(metrics).to.match(/^concordat_outbox_pending\{[^}]*\} 0$/m);
  });

  /** What the arbitration member, who takes part in every notice, has been told. */
  async function allReasons(): Promise<string[]> {
    interface Page {
      readonly items: readonly { readonly groups: { readonly notice: { readonly reason: string } } }[];
      readonly nextCursor: string | null;
    }
    const reasons: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path: string = `/v1/notices?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: Page = await harness.stage.arbitration.get<Page>(path);
      reasons.push(...page.items.map(({ groups }) => groups.notice.reason));
      cursor = page.nextCursor;
    }
    return reasons;
  }
});
