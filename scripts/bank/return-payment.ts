import { create } from 'xmlbuilder2';
import { ISO, readInstruction, type BankAnswer, type Instruction } from './answer-instruction';

/**
 * The creditor's bank's pacs.004.001.09 that gives the instructed payment back whole, on the day it was made.
 *
 * @throws InstructionError.
 */
export async function returnPayment(pain001: Uint8Array, reason: string): Promise<BankAnswer> {
  const instruction = await readInstruction(pain001);
  const { endToEndId } = instruction;
  const text = create({ version: '1.0', encoding: 'UTF-8' }, paymentReturn(instruction, reason)).end({
    prettyPrint: true,
  });
  return { endToEndId, fileName: `${endToEndId}.pacs.004.xml`, bytes: Buffer.from(text, 'utf8') };
}

function paymentReturn({ endToEndId, uetr, currency, amount, date }: Instruction, reason: string): object {
  const returned = { '@Ccy': currency, '#': amount };
  const id = endToEndId.slice(0, 34);
  return {
    Document: {
      '@xmlns': `${ISO}:pacs.004.001.09`,
      PmtRtr: {
        GrpHdr: {
          MsgId: `R${id}`,
          CreDtTm: `${date}T12:00:00Z`,
          NbOfTxs: '1',
          IntrBkSttlmDt: date,
          SttlmInf: { SttlmMtd: 'INDA' },
        },
        TxInf: {
          RtrId: `R${id}`,
          OrgnlEndToEndId: endToEndId,
          OrgnlUETR: uetr,
          OrgnlIntrBkSttlmAmt: returned,
          RtrdIntrBkSttlmAmt: returned,
          RtrRsnInf: { Rsn: { Cd: reason } },
        },
      },
    },
  };
}
