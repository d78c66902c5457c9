import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { blocks, languageOf, lintScript, lintText, type LintCode, type LintContext } from './ad-law-linter.js';
import { compileClaims, wordsOfClaim } from './advertising-claims.js';
import { compileNames } from './competitor-names.js';
import { contentOf, type ScriptDraft } from './script-content.js';

const COMPETITORS = ['Ромашка', 'Северный Ветер', 'Билайн', 'МТС', 'Blue Star Energy', 'Viettel', 'Điện Xanh'];
const PLAIN: LintContext = { competitors: compileNames(COMPETITORS), claims: compileClaims([], '2026-03-02') };

const lint = (text: string, context = PLAIN) => lintText(text, 'text', null, context);
const marks = (text: string, context = PLAIN) => lint(text, context).map(({ code, word }) => [code, word]);

type Case = [text: string, code: LintCode, word: string];

describe('the linter of advertising law', () => {
  it.each<Case>([
    // English
    ['We are the best bank in town.', 'superlative', 'best'],
    ["This is the world's best plan", 'superlative', 'best'],
    ['We are number one in energy.', 'superlative', 'number one'],
    ['The No. 1 supplier of the region', 'superlative', 'No. 1'],
    ['The #1 choice for families', 'superlative', '#1'],
    ['You get the cheapest tariff there is.', 'superlative', 'cheapest'],
    ['It is the most reliable network.', 'superlative', 'most reliable'],
    ['Our service is second to none.', 'superlative', 'second to none'],
    ['You will not find a better price', 'superlative', 'not find a better'],
    ['I need your answer today', 'pressure', 'need your answer today'],
    ['An unbeatable offer', 'superlative', 'unbeatable'],
    ['Nobody beats this', 'superlative', 'Nobody beats'],
    ['It is not only the best, it is cheap.', 'superlative', 'best'],
    ["Don't forget: we have the lowest price", 'superlative', 'lowest'],
    ['You have a unique plan', 'superlative_implied', 'unique'],
    ['We are cheaper than Blue Star Energy.', 'comparison', 'Blue Star Energy'],
    ["Blue Star Energy's tariff is worse", 'comparison', "Blue Star Energy's"],
    ['Unlike our competitors we answer at night.', 'comparison', 'Unlike our competitors'],
    ['We are faster than other providers', 'comparison', 'other providers'],
    ['Are you with Blue Star Energy?', 'competitor_named', 'Blue Star Energy'],
    ['We guarantee a saving of a fifth.', 'guarantee', 'We guarantee'],
    ['Your saving is guaranteed.', 'guarantee', 'guaranteed'],
    ['It is risk-free for you.', 'guarantee', 'risk-free'],
    ['There is a two-year guarantee on the meter.', 'guarantee_implied', 'guarantee'],
    ['You get it only today.', 'pressure', 'only today'],
    ['Today only: half the price', 'pressure', 'Today only'],
    ['This is your last chance', 'pressure', 'last chance'],
    ['Hurry, please', 'pressure', 'Hurry'],
    ["Don't miss this price", 'pressure', "Don't miss this"],
    ["Decide before it's too late", 'pressure', "before it's too late"],
    ['The offer ends tonight', 'pressure', 'offer ends tonight'],
    ['It is a limited offer', 'pressure_implied', 'limited offer'],
    // Russian
    ['У нас лучшие цены в городе.', 'superlative', 'лучшие'],
    ['Это самый выгодный тариф.', 'superlative', 'самый выгодный'],
    ['Мы предлагаем вам самую низкую цену', 'superlative', 'самую низкую'],
    ['Самого надёжного поставщика вы уже знаете', 'superlative', 'Самого надёжного'],
    ['Мы крупнейшая компания края', 'superlative', 'крупнейшая'],
    ['по выгоднейшему тарифу', 'superlative', 'выгоднейшему'],
    ['наилучшие условия', 'superlative', 'наилучшие'],
    ['наиболее выгодное предложение', 'superlative', 'наиболее выгодное'],
    ['Наша сеть №1 в России', 'superlative', '№1'],
    ['Мы номер один по продажам', 'superlative', 'номер один'],
    ['Мы лидеры рынка', 'superlative', 'лидеры рынка'],
    ['Лучше вы не найдёте', 'superlative', 'Лучше вы не найдёте'],
    ['Вы не найдёте тариф дешевле', 'superlative', 'не найдёте тариф дешевле'],
    ['Решать нужно прямо сейчас', 'pressure', 'Решать нужно прямо'],
    ['Услуга не имеет аналогов', 'superlative', 'не имеет аналогов'],
    ['У нас дешевле всех', 'superlative', 'дешевле всех'],
    ['Не только самый дешёвый, но и быстрый', 'superlative', 'самый дешёвый'],
    ['Это уникальное предложение', 'superlative_implied', 'уникальное'],
    ['У нас дешевле, чем у Билайна', 'comparison', 'Билайна'],
    ['Мы надёжнее «Ромашки»', 'comparison', 'Ромашки'],
    ['По сравнению с Северным Ветром вы платите меньше', 'comparison', 'Северным Ветром'],
    ['В отличие от конкурентов мы не повышаем цену', 'comparison', 'В отличие от конкурентов'],
    ['Мы дешевле других компаний', 'comparison', 'дешевле других компаний'],
    ['Вы сейчас абонент МТС?', 'competitor_named', 'МТС'],
    ['Мы гарантируем экономию', 'guarantee', 'гарантируем'],
    ['Это гарантированный доход', 'guarantee', 'гарантированный'],
    ['Вложение без всякого риска', 'guarantee', 'без всякого риска'],
    ['На счётчик есть гарантия два года', 'guarantee_implied', 'гарантия'],
    ['Скидка только сегодня', 'pressure', 'только сегодня'],
    ['Это ваш последний шанс', 'pressure', 'последний шанс'],
    ['Успейте подключиться', 'pressure', 'Успейте'],
    ['Не упустите скидку', 'pressure', 'Не упустите'],
    ['Завтра будет поздно', 'pressure', 'Завтра будет поздно'],
    ['Количество ограничено', 'pressure_implied', 'Количество ограничено'],
    // Vietnamese
    ['Đây là gói cước tốt nhất hiện nay.', 'superlative', 'nhất'],
    ['Chúng tôi là nhà mạng số một Việt Nam', 'superlative', 'số một'],
    ['Thương hiệu số 1 về điện', 'superlative', 'số 1'],
    ['Giá rẻ nhất thị trường ạ', 'superlative', 'nhất'],
    ['Công ty hàng đầu của Việt Nam', 'superlative', 'hàng đầu'],
    ['Đơn vị duy nhất được phép bán', 'superlative', 'duy nhất'],
    ['Không đâu rẻ bằng ở đây', 'superlative', 'Không đâu rẻ bằng'],
    ['Giá này rẻ hơn Viettel ạ', 'comparison', 'Viettel'],
    ['So với Điện Xanh thì tiết kiệm được nhiều', 'comparison', 'Điện Xanh'],
    ['Chúng tôi phục vụ tốt hơn đối thủ', 'comparison', 'hơn đối thủ'],
    ['Chúng tôi cam kết anh sẽ tiết kiệm', 'guarantee', 'cam kết'],
    ['Công ty đảm bảo lợi nhuận của chị', 'guarantee', 'đảm bảo'],
    ['Ưu đãi chỉ hôm nay thôi ạ', 'pressure', 'chỉ hôm nay'],
    ['Đây là cơ hội cuối cùng của anh', 'pressure', 'cơ hội cuối cùng'],
    ['Anh nhanh tay đăng ký nhé', 'pressure', 'nhanh tay'],
    ['Đừng bỏ lỡ ưu đãi này ạ', 'pressure', 'Đừng bỏ lỡ'],
    ['Số lượng có hạn, chị ạ', 'pressure_implied', 'Số lượng có hạn'],
  ])('marks in “%s” %s at “%s”', (text, code, word) => {
    expect(marks(text)).toEqual([[code, word]]);
  });

  it.each<Case>([
    ['the b\u0435st plan', 'superlative', 'b\u0435st'],
    ['the ｂｅｓｔ plan', 'superlative', 'ｂｅｓｔ'],
    ['the 𝐛𝐞𝐬𝐭 plan', 'superlative', '𝐛𝐞𝐬𝐭'],
    ['the ⓑⓔⓢⓣ plan', 'superlative', 'ⓑⓔⓢⓣ'],
    ['the be\u200bst plan', 'superlative', 'be\u200bst'],
    ['the be\u00adst plan', 'superlative', 'be\u00adst'],
    ['the b\u0336e\u0336s\u0336t\u0336 plan', 'superlative', 'b\u0336e\u0336s\u0336t\u0336'],
    ['the b3st plan', 'superlative', 'b3st'],
    ['the b e s t plan', 'superlative', 'b e s t'],
    ['the ʙᴇꜱᴛ plan', 'superlative', 'ʙᴇꜱᴛ'],
    ['the bést plan', 'superlative', 'bést'],
    ['у нас лyчшие цены', 'superlative', 'лyчшие'],
    ['у нас CАMЫE НИЗКИЕ цены', 'superlative', 'CАMЫE НИЗКИЕ'],
    ['у нас л-у-ч-ш-и-е цены', 'superlative', 'л-у-ч-ш-и-е'],
    ['у нас лу4шие цены', 'superlative', 'лу4шие'],
    ['у нас лу́чшие цены', 'superlative', 'лу́чшие'],
    ['мы гapaнтируeм', 'guarantee', 'гapaнтируeм'],
    ['мы гаранти\u200dруем', 'guarantee', 'гаранти\u200dруем'],
    ['только\u00a0сегодня', 'pressure', 'только\u00a0сегодня'],
    ['у нас дешевле, чем у МTC', 'comparison', 'МTC'],
    ['у нас дешевле, чем у Билaйна', 'comparison', 'Билaйна'],
    ['gói tốt nh\u0430\u0302\u0301t của chúng tôi ạ', 'superlative', 'nh\u0430\u0302\u0301t'],
    ['gói tô\u0301t nha\u0302\u0301t của chúng tôi', 'superlative', 'nha\u0302\u0301t'],
    ['nhà mạng của chị là so mot ạ', 'superlative', 'so mot'],
  ])('is not deceived by “%s”', (text, code, word) => {
    expect(marks(text)).toEqual([[code, word]]);
  });

  it.each([
    // English
    'Best regards, Anna',
    'When is the best time to call you?',
    'I will do my best.',
    'Which day suits you best?',
    'We do not guarantee a saving.',
    "We can't give you any guarantee.",
    'This is not the cheapest plan.',
    "It isn't the last chance, take your time.",
    'There is no need to hurry.',
    'Do most of your calls go abroad?',
    'What is most important to you?',
    'Do you pay more than 60 € a month?',
    'It would be better to call you tomorrow.',
    'My request is an interest-free test in the west.',
    'You can call us today or tomorrow.',
    'Please do not hesitate to ask.',
    // Russian
    'Лучше перезвоним завтра.',
    'Вам лучше позвонить вечером?',
    'Мы не гарантируем экономию.',
    'Гарантий мы не даём.',
    'Мы не можем гарантировать экономию.',
    'Это не самый дешёвый тариф.',
    'На самом деле всё просто.',
    'Это тот самый тариф, о котором вы спрашивали.',
    'Мы говорим про то же самое новое предложение.',
    'Решать вам самой, не торопитесь.',
    'Не спешите, это не последний шанс.',
    'Всего наилучшего!',
    'В лучшем случае мастер придёт в ближайшее время.',
    'В дальнейшем цена не изменится.',
    'Самое главное: вы платите 900 рублей.',
    'Ваш дом № 1 по улице Мира?',
    'Сегодня мы предлагаем тариф за 900 рублей.',
    'Наименование договора вы получите письмом.',
    'Вы платите больше 900 рублей?',
    // Vietnamese
    'Thứ nhất, tôi xin giới thiệu gói cước.',
    'Anh dùng ít nhất ba tháng ạ.',
    'Chúng tôi không cam kết tiết kiệm ạ.',
    'Đây không phải là gói rẻ nhất ạ.',
    'Cuộc gọi được ghi âm để đảm bảo chất lượng.',
    'Hai bên đã thống nhất giá ạ.',
    'Lúc nào thuận tiện nhất cho chị ạ?',
    'Hôm nay tôi gọi cho anh về gói cước ạ.',
    'Anh trả hơn 500 nghìn đồng một tháng ạ?',
  ])('lets “%s” pass', (text) => {
    expect(marks(text)).toEqual([]);
  });

  it('marks a word of two alphabets even where it says nothing', () => {
    expect(marks('Мы звoним вам')).toEqual([['mixed_alphabets', 'звoним']]);
    expect(marks('С iPhone’ом и QR-кодом')).toEqual([]);
  });

  it('takes what stands in braces for somebody else’s words', () => {
    expect(marks('Your plan: {{best}}, {{ attribute.cheapest | best }}')).toEqual([]);
  });

  it('points at the words in the text as it was written', () => {
    const text = 'Ⅷ ﬁne 👨‍👩‍👧 е\u0301 — у нас ＣАМЫЕ  н\u200bизкие цены';
    const [finding] = lint(text);
    expect(finding).toMatchObject({ code: 'superlative', locale: 'ru', path: 'text' });
    expect(text.slice(finding!.from, finding!.to)).toBe('ＣАМЫЕ  н\u200bизкие');
    expect(finding!.word).toBe('ＣАМЫЕ  н\u200bизкие');
  });

  it('knows a name in every form, and in two words only when both are there', () => {
    const forms = [
      'Ромашки',
      'Ромашке',
      'Ромашку',
      'Ромашкой',
      'Северного Ветра',
      'Северному ветру',
      'Билайном',
      'МТСа',
    ];
    for (const form of forms) expect(marks(`Речь идёт про ${form}`)).toEqual([['competitor_named', form]]);
    for (const form of ['северный олень', 'ветер', 'ромашковый', 'blue star'])
      expect(marks(`Речь про ${form}`)).toEqual([]);
  });

  it('takes a name in small letters for a word, unless something is compared with it', () => {
    const context = { ...PLAIN, competitors: compileNames(['Мир', 'Orange', 'eBay']) };
    expect(marks('Во всём мире. An orange meter. Купили на ebay.', context)).toEqual([['competitor_named', 'ebay']]);
    expect(marks('У вас Мир? An Orange meter?', context).map(([, word]) => word)).toEqual(['Мир', 'Orange']);
    expect(marks('we are cheaper than orange', context)).toEqual([['comparison', 'orange']]);
  });

  it('allows what the register of claims has proof for, in any form, and only while it holds', () => {
    const claims = [
      { text: 'самый быстрый интернет по версии РадиоТест', validUntil: '2026-03-02' },
      { text: 'best rated supplier of 2025', validUntil: null },
    ];
    const on = (today: string) => ({ ...PLAIN, claims: compileClaims(claims, today) });
    const said = 'У нас самый быстрый интернет по версии РадиоТест.';
    expect(marks(said, on('2026-03-02'))).toEqual([]);
    expect(marks('про самого быстрого интернета по версии РадиоТеста', on('2026-03-02'))).toEqual([]);
    expect(marks(said, on('2026-03-03'))).toEqual([['superlative', 'самый быстрый']]);
    expect(marks('У нас самый быстрый интернет.', on('2026-03-02'))).toEqual([['superlative', 'самый быстрый']]);
    expect(marks('We are the best rated supplier of 2025, the best', on('2026-03-03'))).toEqual([
      ['superlative', 'best'],
    ]);
  });

  it('counts the words of a claim as it hears them', () => {
    expect(wordsOfClaim('best')).toBe(1);
    expect(wordsOfClaim(' № 1, по продажам! ')).toBe(4);
    expect(wordsOfClaim('…')).toBe(0);
  });

  it('tells the language by the letters', () => {
    expect(languageOf('Добрый день, это Clear Energy')).toBe('ru');
    expect(languageOf('Xin chào anh, em gọi từ công ty điện')).toBe('vi');
    expect(languageOf('Good day, café')).toBe('en');
    expect(languageOf('')).toBe('en');
  });

  it('never fails, and marks only what is in the text', () => {
    const words = [
      'best',
      'лучший',
      'самый',
      'нет',
      'nhất',
      'số',
      'một',
      'не',
      '№1',
      '100 %',
      '{{',
      '}}',
      'Билайн',
      'дешевле',
    ];
    const piece = fc.oneof(
      fc.constantFrom(...words, ' ', '\n', '.', '\u0301', '\u200b', '\ud800', '\udc00', '’', '｛'),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    );
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom(null, 'en', 'ru', 'vi'), (written, locale) => {
        for (const { from, to, word } of lintText(written, 'text', locale as never, PLAIN)) {
          expect(0 <= from && from < to && to <= written.length).toBe(true);
          expect(written.slice(from, to)).toBe(word);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['plain words', 'We call you about the plan of your home. '],
    ['faults', 'Лучший best nhất только сегодня. '],
    ['gaps that lead nowhere', 'если не звоню вам звоню вам хочу '],
    ['one word', 'лучш'],
    ['spaced letters', 'b '],
    ['marks', 'а\u0301\u0323\u0302'],
    ['marks alone', '\u0316\u0301'],
    ['braces', '{{{'],
    ['negations', 'не самый '],
    ['nobody', 'nobody никто не guarantee '],
    ['gaps after gaps', 'không ai có lãi suất không nào '],
    ['money between letters', 'a$'],
    ['names', 'Северный Северный Билайн '],
  ])('takes time that grows with the length only: %s', (_what, piece) => {
    const long = (length: number) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
    const claims = compileClaims([{ text: 'лучший best', validUntil: null }], '2026-03-02');
    // Work, not time: a busy machine stretches time.
    const cost = (text: string) => {
      const before = process.cpuUsage();
      lintText(text, 'text', 'ru', { ...PLAIN, claims });
      return process.cpuUsage(before).user / 1e3;
    };
    const small = Math.min(...[1, 2, 3].map(() => cost(long(25_000))));
    const large = Math.min(...[1, 2].map(() => cost(long(100_000))));
    // Four times the text; a quadratic one would take sixteen times as long. Floors keep noise out.
    expect(large).toBeLessThan(Math.max(small * 10, 100));
  });
});

describe('what a script must say', () => {
  const GOOD = 'Good day, this is Clear Energy. I am calling about the electricity of your home.';
  const script = (texts: string[], more: Partial<ScriptDraft> = {}) =>
    contentOf({ seller: 'Clear Energy', steps: texts.map((text, at) => ({ title: `${at}`, text })), ...more });
  const codes = (content: ReturnType<typeof script>) =>
    lintScript(content, PLAIN).map(({ code, path, locale }) => `${code} ${path} ${locale}`);

  it('is said, and nothing is marked', () => {
    expect(
      codes(script([GOOD, 'You pay {{offer.price}} a month. You may decline, and we will not call you again.'])),
    ).toEqual([]);
    expect(codes(script([GOOD, 'It costs 49.90 € a month. If you are not interested, please say so.']))).toEqual([]);
  });

  it('is missed one by one, in the language of the script', () => {
    expect(codes(script(['Hello.']))).toEqual([
      'missing_seller steps en',
      'missing_purpose steps en',
      'missing_right_to_refuse steps en',
      'missing_price steps en',
    ]);
    expect(codes(script(['Xin chào ạ, chúng em rất vui.'], { seller: null }))).toEqual([
      'missing_seller steps vi',
      'missing_purpose steps vi',
      'missing_right_to_refuse steps vi',
      'missing_price steps vi',
    ]);
    expect(codes(script(['Добрый день!'], { seller: null })).map((line) => line.split(' ')[0])).toEqual([
      'missing_seller',
      'missing_purpose',
      'missing_right_to_refuse',
      'missing_price',
      'missing_advert',
      'missing_consent',
    ]);
  });

  it('is said in Russian and in Vietnamese', () => {
    const russian =
      'Добрый день, это компания «Ясная энергия», рекламный звонок: вы давали согласие на звонки. Звоню вам по поводу тарифа. Вы можете отказаться от разговора. Тариф стоит 900 рублей в месяц.';
    expect(codes(script([russian], { seller: 'Ясная Энергия' }))).toEqual([]);
    const vietnamese =
      'Chào anh, em gọi từ Điện Sáng để giới thiệu gói cước. Gói có giá 299 nghìn đồng. Nếu anh không quan tâm, anh có thể từ chối ạ.';
    expect(codes(script([vietnamese], { seller: 'Điện Sáng' }))).toEqual([]);
  });

  it('is owed in every language of the script', () => {
    const said = 'This is {{seller}}. I am calling about your plan: {{offer.price}}. You may decline.';
    const content = script([], {
      languages: ['en', 'vi'],
      steps: [{ title: 'All', texts: { en: said, vi: 'Đây là {{seller}}, giá {{offer.price}}.' } }],
    });
    expect(codes(content)).toEqual(['missing_purpose steps vi', 'missing_right_to_refuse steps vi']);
  });

  it('is less for a survey than for a sale', () => {
    const survey = script([`${GOOD} You may stop the call.`], { purpose: 'survey' });
    expect(codes(survey)).toEqual([]);
  });

  it('does not count where a call can go around it, but a refusal is no way around', () => {
    const steps = (refuses: boolean): ScriptDraft['steps'] => [
      {
        ...{ id: 'hello', title: 'Hello', text: `${GOOD} You may decline.` },
        answers: [
          { label: 'Yes', goto: 'price' },
          { label: 'No', goto: 'end', refuses },
        ],
      },
      { id: 'price', title: 'Price', text: 'It costs 50 € a month.', answers: [{ label: 'Good', goto: 'end' }] },
    ];
    expect(codes(script([], { steps: steps(true) }))).toEqual([]);
    const [finding] = lintScript(script([], { steps: steps(false) }), PLAIN);
    expect(finding).toMatchObject({
      code: 'must_say_avoidable',
      severity: 'blocks',
      path: 'steps.1.text',
      word: '50 €',
    });
  });

  it('is looked for in steps only, faults in everything that is said or printed', () => {
    const content = script([GOOD, 'You may decline. It costs 50 €.'], {
      objections: [{ refusalReason: 'price', title: 'Price', text: 'We are the best.' }],
      forms: [{ id: 'f', kind: 'order', title: 'Order', fields: [{ id: 'a', label: 'The best day?', type: 'date' }] }],
      printed: [{ id: 'p', title: 'The cheapest plan', texts: { ru: 'Только сегодня' } }],
    });
    const findings = lintScript(content, PLAIN);
    expect(findings.map(({ path, word }) => `${path}: ${word}`)).toEqual([
      'objections.0.text: best',
      'printed.0.title: cheapest',
      'printed.0.texts.ru: Только сегодня',
    ]);
    expect(blocks(findings)).toBe(true);
  });
});
