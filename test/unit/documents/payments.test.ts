import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { TradeDocumentReader } from '../../../gateway/documents/document-reader';
import type { PaymentReport } from '../../../gateway/routes/dependencies';
import { paymentInstruction } from '../../../gateway/documents/iso20022/payment-instruction';
import { XmlReader } from '../../../gateway/documents/xml/xml-reader';
import type { Payment } from '../../../chaincode/domain/trade-types';
import type { JsonObject } from '../../../chaincode/domain/json';
import { answerInstruction, InstructionError } from '../../../scripts/bank/answer-instruction';
import { returnPayment } from '../../../scripts/bank/return-payment';

const PAIN_001 = 'iso20022/xsd/pain.001.001.09.xsd';

const payment = (change: Partial<Payment['payment']> = {}): Payment => ({
  payment: {
    order: 'a'.repeat(32),
    receivable: 'b'.repeat(32),
    instalment: 0,
    invoiceNumber: 'INV-1',
    endToEndId: 'CC0123456789ABCDEF0123456789ABCDEF',
    uetr: '0d3a1b2c-1111-4222-8333-444455556666',
    currency: 'USD',
    amountMinor: '90000',
    debtorName: 'Buyer & Söhne <GmbH>',
    creditorName: '卖方银行',
    creditorAccount: 'US00BANK0001',
    creditorBic: 'BANKUS33',
    creditorMember: 'SellerBankMSP',
    requestedDate: '2026-11-10',
    paidOn: null,
    reason: null,
    document: null,
    receivableStatus: 'discounted',
    ...change,
  },
  roles: {
    platform: 'PlatformMSP',
    buyerBank: 'BuyerBankMSP',
    sellerBank: 'SellerBankMSP',
    businessDay: 'c'.repeat(32),
    buyer: 'B',
    seller: 'S',
    neutral: 'ArbitrationMSP',
  },
});

/** Payments that differ in what a pain.001 writes differently, and the amount each must show. */
const PAYMENTS: readonly (readonly [what: string, change: Partial<Payment['payment']>, amount: string])[] = [
  ['dollars', {}, '<InstdAmt Ccy="USD">900.00</InstdAmt>'],
  ['yen', { currency: 'JPY', amountMinor: '90000' }, '<InstdAmt Ccy="JPY">90000</InstdAmt>'],
  ['dinars', { currency: 'KWD', amountMinor: '90000' }, '<InstdAmt Ccy="KWD">90.000</InstdAmt>'],
  ['one cent', { amountMinor: '1' }, '<InstdAmt Ccy="USD">0.01</InstdAmt>'],
  ['an IBAN', { creditorAccount: 'DE89370400440532013000' }, '<IBAN>DE89370400440532013000</IBAN>'],
  ['an overlong name', { debtorName: 'x'.repeat(200) }, `<Nm>${'x'.repeat(140)}</Nm>`],
];

describe('payment messages', () => {
  let reader: TradeDocumentReader;
  let xml: XmlReader;
  before(async () => {
    reader = await TradeDocumentReader.open();
    xml = await XmlReader.open();
  });

  for (const [what, change, amount] of PAYMENTS) {
    it(`pain.001 of ${what} is valid, and the same bytes each time`, () => {
      const bytes = paymentInstruction(payment(change));
      const read = xml.read(bytes, () => PAIN_001);
      expect(read.kind === 'xml' && read.problems.list).to.deep.equal([]);
      expect(Buffer.from(bytes).toString()).to.contain(amount);
      expect(paymentInstruction(payment(change))).to.deep.equal(bytes);
    });
  }

  const answered = async (reject: boolean) => {
    const { bytes } = await answerInstruction(paymentInstruction(payment()), { reject });
    const read = reader.read(bytes);
    if (read.kind !== 'document') throw new Error(JSON.stringify(read));
    return read;
  };

  it("the bank's camt.054 says that exactly this payment was made", async () => {
    const { documentType, content } = await answered(false);
    expect(documentType).to.equal('camt.054.001.08');
    expect(reader.paymentReport(content, payment().payment.endToEndId)).to.deep.equal({
      outcome: 'paid',
      endToEndId: payment().payment.endToEndId,
      currency: 'USD',
      amountMinor: '90000',
      valueDate: '2026-11-10',
      reason: null,
    });
    expect(reader.paymentReport(content, 'ANOTHER')).to.equal(undefined);
  });

  const charged = (change: (xml: string) => string = (xml) => xml): Promise<PaymentReport | undefined> =>
    answerInstruction(paymentInstruction(payment()), { charge: '1.50' }).then(({ bytes }) =>
      reader.paymentReport(read(Buffer.from(change(Buffer.from(bytes).toString()))), endToEndId),
    );

  it("the bank's camt.054 tells its charges, who bears them, and which bank levied them", async () => {
    const own = { currency: 'USD', amountMinor: '150', bearer: 'DEBT', agent: 'BANKUS33', side: null };
    expect((await charged())?.charges).to.deep.equal([own]);
    const named = await charged((xml) =>
      xml.replace(
        '</Chrgs>',
        '</Chrgs><RltdAgts><CdtrAgt><FinInstnId><BICFI>BANKUS33</BICFI></FinInstnId></CdtrAgt></RltdAgts>',
      ),
    );
    expect(named?.charges).to.deep.equal([{ ...own, side: 'creditorAgent' }]);
    const silent = await charged((xml) => xml.replace(/<Agt>[^]*<\/Agt>/, ''));
    expect(silent?.charges).to.deep.equal([{ ...own, agent: null, side: 'debtorAgent' }]);
    const servicer = '<Svcr><FinInstnId><BICFI>BANKUS33</BICFI></FinInstnId></Svcr></Acct>';
    const reporting = await charged((xml) => xml.replace('</Acct>', servicer));
    expect(reporting?.charges).to.deep.equal([{ ...own, side: 'debtorAgent' }]);
  });

  it('a charge above an entry of one transaction is that one’s', async () => {
    const above = await charged((xml) => {
      const [charges = ''] = /<Chrgs>[^]*<\/Chrgs>/.exec(xml) ?? [];
      return xml.replace(charges, '').replace('<NtryDtls>', `${charges}<NtryDtls>`);
    });
    expect(above?.charges?.map(({ amountMinor }) => amountMinor)).to.deep.equal(['150']);
  });

  for (const [what, from, to] of [
    ['given back', '<CdtDbtInd>DBIT</CdtDbtInd>\\s*<Br>', '<CdtDbtInd>CRDT</CdtDbtInd><Br>'],
    ['of nothing', '1.50', '0.00'],
    ['that nobody bears', '<Br>DEBT</Br>', ''],
  ] as const) {
    it(`a charge ${what} is none`, async () => {
      const report = await charged((xml) => xml.replace(new RegExp(from), to));
      expect(report).to.include({ outcome: 'paid' }).and.not.have.property('charges');
    });
  }

  it("the bank's pain.002 says that it was rejected, and why", async () => {
    const { documentType, content } = await answered(true);
    expect(documentType).to.equal('pain.002.001.10');
    expect(reader.paymentReport(content, payment().payment.endToEndId)).to.include({
      outcome: 'rejected',
      reason: 'AM04',
    });
    expect(reader.paymentReport(content, 'ANOTHER')).to.equal(undefined);
  });

  const read = (bytes: Uint8Array): JsonObject => {
    const found = reader.read(bytes);
    if (found.kind !== 'document') throw new Error(JSON.stringify(found));
    return found.content as JsonObject;
  };
  const { endToEndId } = payment().payment;
  const RETURNED = { endToEndId, currency: 'USD', amountMinor: '90000', valueDate: '2026-11-10', reason: 'AC04' };

  it('pacs.004 says that exactly this payment was given back, and why', async () => {
    const { bytes } = await returnPayment(paymentInstruction(payment()), 'AC04');
    const content = read(bytes);
    expect(reader.paymentReturn(content, endToEndId)).to.deep.equal(RETURNED);
    expect(reader.paymentReturn(content, 'ANOTHER')).to.equal(undefined);
    expect(reader.paymentReport(content, endToEndId)).to.equal(undefined);
    const own = Buffer.from(bytes).toString().replace('<RtrRsnInf>', '<!-- -->').replace('</RtrRsnInf>', '');
    expect(reader.read(Buffer.from(own)).kind).to.equal('invalid');
    const silent = Buffer.from(
      Buffer.from(bytes)
        .toString()
        .replace(/<RtrRsnInf>[^]*<\/RtrRsnInf>/, ''),
    );
    expect(reader.paymentReturn(read(silent), endToEndId)).to.equal(undefined);
    const dated = Buffer.from(bytes)
      .toString()
      .replace('</RtrdIntrBkSttlmAmt>', '</RtrdIntrBkSttlmAmt><IntrBkSttlmDt>2026-11-12</IntrBkSttlmDt>');
    expect(reader.paymentReturn(read(Buffer.from(dated)), endToEndId)).to.include({ valueDate: '2026-11-12' });
  });

  it('camt.054 of a reversal gives the payment back, and does not make it', async () => {
    const { bytes } = await answerInstruction(paymentInstruction(payment()), {});
    const text = Buffer.from(bytes).toString();
    const reversal = text
      .replace('<CdtDbtInd>DBIT</CdtDbtInd>', '<CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd>')
      .replace('</TxDtls>', '<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>');
    expect(reversal.match(/RvslInd/g)?.length).to.equal(2);
    const content = read(Buffer.from(reversal));
    expect(reader.paymentReturn(content, endToEndId)).to.deep.equal(RETURNED);
    expect(reader.paymentReport(content, endToEndId)).to.equal(undefined);
    expect(reader.paymentReturn(read(bytes), endToEndId)).to.equal(undefined);
    const pending = read(Buffer.from(reversal.replace('BOOK', 'PDNG')));
    expect(reader.paymentReturn(pending, endToEndId)).to.equal(undefined);
  });

  it('an order says nothing about a payment', () => {
    expect(reader.paymentReport({ id: 'x' }, 'ANY')).to.equal(undefined);
    expect(reader.paymentReturn({ id: 'x' }, 'ANY')).to.equal(undefined);
  });

  it('the bank takes nothing but a valid instruction', async () => {
    const broken = Buffer.from(paymentInstruction(payment())).toString().replace('<PmtMtd>TRF</PmtMtd>', '');
    for (const bytes of ['', '<a/>', broken]) {
      const error = await answerInstruction(Buffer.from(bytes), {}).catch((reason: unknown) => reason);
      expect(error, bytes.slice(0, 20)).to.be.instanceOf(InstructionError);
    }
  });

  const FILES: readonly (readonly [file: string, code: number])[] = [
    ['docs/data/ubl/examples/order-2.0-international.xml', 0],
    ['docs/data/ubl/examples/invoice-bad-2.xml', 1],
    ['README.md', 2],
  ];
  for (const [file, code] of FILES) {
    it(`concordat document parse ${file} ends with ${code}`, () => {
      const command = join(process.cwd(), 'bin', 'concordat.js');
      const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'document', 'parse', file]);
      expect(status, stderr.toString()).to.equal(code);
      if (code === 0) expect((JSON.parse(stdout.toString()) as { id: string }).id).to.equal('AEG012345');
      if (code === 1) expect(stderr.toString()).to.match(/invoice-bad-2\.xml:41: .*ELEMENT_MISSING/);
    });
  }
});
