import type { ClearedStatement, ClearingSavings, NetPosition, SettlementInstruction } from './types';

type Sums = Pick<ClearedStatement, 'pair' | 'debitMinor' | 'creditMinor'>;

/** Every member's sums over the statements, by MSP id; all nets together are zero. Pure, whatever the order. */
export function netPositions(members: readonly string[], statements: readonly Sums[]): NetPosition[] {
  return [...members].sort().map((member) => {
    let owes = 0n;
    let owed = 0n;
    for (const { pair, debitMinor, creditMinor } of statements) {
      if (!pair.includes(member)) continue;
      const isFirst = pair[0] === member;
      owes += BigInt(isFirst ? debitMinor : creditMinor);
      owed += BigInt(isFirst ? creditMinor : debitMinor);
    }
    return { member, owesMinor: String(owes), owedMinor: String(owed), netMinor: String(owed - owes) };
  });
}

interface Side {
  readonly member: string;
  left: bigint;
}

/**
 * The payments that settle the nets: the largest debtor pays the largest creditor, ties by MSP id, until nothing is left.
 *
 * Of n members with a net at most n-1 payments; with an agent each debtor pays it, and it pays each creditor.
 */
export function settlementInstructions(
  positions: readonly NetPosition[],
  agent: string | null,
): SettlementInstruction[] {
  const debtors = sides(positions, -1n);
  const creditors = sides(positions, 1n);
  if (agent !== null) return throughAgent(debtors, creditors, agent);
  const instructions: SettlementInstruction[] = [];
  let [debtor, creditor] = [debtors.shift(), creditors.shift()];
  while (debtor !== undefined && creditor !== undefined) {
    const amount = debtor.left < creditor.left ? debtor.left : creditor.left;
    instructions.push({ debtor: debtor.member, creditor: creditor.member, amountMinor: String(amount) });
    debtor.left -= amount;
    creditor.left -= amount;
    if (debtor.left === 0n) debtor = debtors.shift();
    if (creditor.left === 0n) creditor = creditors.shift();
  }
  return instructions;
}

function throughAgent(debtors: readonly Side[], creditors: readonly Side[], agent: string): SettlementInstruction[] {
  const others = (side: readonly Side[]): readonly Side[] => side.filter(({ member }) => member !== agent);
  return [
    ...others(debtors).map(({ member, left }) => ({ debtor: member, creditor: agent, amountMinor: String(left) })),
    ...others(creditors).map(({ member, left }) => ({ debtor: agent, creditor: member, amountMinor: String(left) })),
  ];
}

/** Members on one side, largest first. */
function sides(positions: readonly NetPosition[], sign: bigint): Side[] {
  return positions
    .map(({ member, netMinor }) => ({ member, left: BigInt(netMinor) * sign }))
    .filter(({ left }) => left > 0n)
    .sort((one, other) =>
      one.left === other.left ? (one.member < other.member ? -1 : 1) : one.left > other.left ? -1 : 1,
    );
}

/** What is paid with and without clearing. */
export function clearingSavings(
  statements: readonly Sums[],
  instructions: readonly SettlementInstruction[],
): ClearingSavings {
  const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
  const gross = sum(statements.flatMap(({ debitMinor, creditMinor }) => [BigInt(debitMinor), BigInt(creditMinor)]));
  const bilateral = bilateralNets(statements);
  const [before, after] = [sum(bilateral), sum(instructions.map(({ amountMinor }) => BigInt(amountMinor)))];
  return {
    grossMinor: String(gross),
    bilateralMinor: String(before),
    netMinor: String(after),
    bilateralPayments: bilateral.length,
    payments: instructions.length,
    savedBasisPoints: before === 0n ? 0 : Number(((before - after) * 10_000n) / before),
  };
}

/** What each pair would pay on its own, over all of its statements; pairs that owe nothing are left out. */
function bilateralNets(statements: readonly Sums[]): bigint[] {
  const nets = new Map<string, bigint>();
  for (const { pair, debitMinor, creditMinor } of statements) {
    const name = pair.join('\n');
    nets.set(name, (nets.get(name) ?? 0n) + BigInt(debitMinor) - BigInt(creditMinor));
  }
  return [...nets.values()].filter((net) => net !== 0n).map((net) => (net < 0n ? -net : net));
}
