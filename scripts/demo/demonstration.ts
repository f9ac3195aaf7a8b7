import type { Stage } from './stage';
import { arbitrate } from './steps-arbitration';
import { financeOrder } from './steps-finance';
import { foundConsortium } from './steps-founding';
import { fulfilOrder } from './steps-fulfilment';
import { agreeOrder } from './steps-order';
import { reconcile } from './steps-reconciliation';

const ACTS: readonly (readonly [title: string, play: (stage: Stage) => Promise<void>])[] = [
  ['Consortium 联盟', foundConsortium],
  ['Order 订单', agreeOrder],
  ['Fulfilment 履约', fulfilOrder],
  ['Financing and payment 融资与付款', financeOrder],
  ['Reconciliation 对账', reconcile],
  ['Arbitration 仲裁', arbitrate],
];

/**
 * Plays what is left of the demonstration, through the members' gateways alone.
 *
 * Every write has its own idempotency key, so an interrupted play is simply played again: what is done answers as it
 * did the first time.
 */
export async function playDemonstration(stage: Stage): Promise<void> {
  if (stage.state['completed'] === 'yes') return;
  for (const [title, play] of ACTS) {
    stage.say(`▸ ${title}`);
    await play(stage);
  }
  stage.remember({ completed: 'yes' });
}
