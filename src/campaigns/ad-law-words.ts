/**
 * What the linter of advertising law knows of three languages. A line is a phrase: words in small letters, `|` between
 * alternatives, `..` for up to three words in between, `stem~table` for a stem with its endings, `%kind` for any word of a
 * kind. A `!` in front says that the phrase has its negation in itself (`!не упустите`): no other word denies it.
 * Russian ё is written е; English words end before an apostrophe (`world` stands for `world's`), but for `n't`.
 */

/** Endings of Russian words, by the table that a stem names. */
export const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  // новый, рекламный
  adj: ['ый', 'ого', 'ому', 'ым', 'ом', 'ая', 'ой', 'ую', 'ое', 'ые', 'ых', 'ыми'],
  // лучший, ведущий
  adjs: ['ий', 'его', 'ему', 'им', 'ем', 'ая', 'ей', 'ую', 'ее', 'ие', 'их', 'ими'],
  // гарантия
  iya: ['ия', 'ии', 'ию', 'ией', 'ий', 'иям', 'иями', 'иях'],
  // согласие, предложение
  iye: ['ие', 'ия', 'ию', 'ием', 'ии', 'ий', 'иям', 'иями', 'иях'],
  // лидер, конкурент, аналог
  masc: ['', 'а', 'у', 'ом', 'е', 'ы', 'и', 'ов', 'ам', 'ами', 'ах'],
  // реклама, компания without its и
  fem: ['а', 'ы', 'е', 'у', 'ой', '', 'ам', 'ами', 'ах'],
  // рубль
  soft: ['ь', 'я', 'ю', 'ем', 'е', 'и', 'ей', 'ям', 'ями', 'ях'],
  // гарантировать
  verb: [
    ...['ую', 'уешь', 'ует', 'уем', 'уете', 'уют', 'овать', 'овал', 'овала', 'овали', 'уйте', 'уя', 'уется', 'уются'],
    ...['ующий', 'ующая', 'ующее', 'ующие'],
  ],
};

/** What a phrase stands for. The first ones are faults, the others tell how to take what is beside them. */
export const GROUPS = [
  'superlative',
  'superlative_implied',
  'comparison',
  'guarantee',
  'guarantee_implied',
  'pressure',
  'pressure_implied',
  'compares',
  'rival',
  'harmless',
  'says_purpose',
  'says_right_to_refuse',
  'says_advert',
  'says_consent',
  'says_free',
] as const;
export type Group = (typeof GROUPS)[number];

export type PhraseBook = Partial<Record<Group, readonly string[]>>;

const RU_SELF = 'самый|самая|самое|самые|самую|самым|самыми|самых';
const RU_SELF_DOUBTFUL = 'самого|самой|самому|самом';
const RU_THAT = 'тот|та|то|те|того|той|тому|тем|тех|теми|том|ту|же';
const RU_BETTER =
  'лучше|хуже|дешевле|дороже|выгоднее|ниже|выше|быстрее|надежнее|качественнее|удобнее|проще|слабее|сильнее|медленнее|стабильнее';
const RU_OTHER = 'других|другим|другими|другие|иных|прочих|остальных|остальным|остальные';
const RU_FIRMS =
  'компании|компаний|компаниям|компаниях|операторы|операторов|операторам|операторах|банки|банков|банкам|банках|поставщики|поставщиков|поставщикам|провайдеры|провайдеров|провайдерам|магазины|магазинов|магазинах|фирмы|фирм|фирмах|страховщиков|местах';

export const RUSSIAN: PhraseBook = {
  superlative: [
    'лучш~adjs',
    'наилучш~adjs',
    `${RU_SELF} %adjective`,
    `${RU_SELF_DOUBTFUL} %adjective`,
    'наиболее %adjective',
    'номер один|1|раз',
    'no 1',
    'no1',
    'лидер~masc рынка|продаж|отрасли|индустрии|качества|рейтинга|рейтингов|среди',
    'вне конкуренции',
    '!не имеет|имеют|имеем|знает|знают аналогов|равных|конкурентов',
    '!нет|без аналогов|равных',
    'непревзойденн~adj',
    'непобедим~adj',
    'лучше|дешевле|выгоднее|надежнее|быстрее|ниже|больше всех',
    '!лучше|дешевле|выгоднее .. не найдете|найти|найдешь|бывает|придумать',
    '!не найдете|найти|найдешь .. лучше|дешевле|выгоднее',
    '!больше|такого|такой|такую|такие .. нигде нет|не',
    'единственн~adj .. россии|рынке|стране|городе|мире',
    'топ 1',
  ],
  superlative_implied: [
    'единственн~adj',
    'уникальн~adj',
    'идеальн~adj',
    'безупречн~adj',
    'ведущ~adjs компан~iya|оператор~masc|банк~masc|поставщик~masc|производител~soft|разработчик~masc',
    'эталон~masc',
    'перв~adj .. рынке|мире|россии',
  ],
  comparison: [
    `в отличие от ${RU_OTHER}|конкурент~masc|всех|многих`,
    `чем у|в ${RU_OTHER}|всех`,
    `чем ${RU_OTHER}|конкурент~masc|все`,
    `${RU_BETTER} рынка|рыночн~adj|среднерыночн~adj|остальных|других`,
    '!не как у|в всех|других|остальных|конкурентов',
    'по сравнению с другими|остальными|рынком|прочими',
  ],
  guarantee: [
    'гарантир~verb',
    'гарантированн~adj',
    'гарантированно|гарантировано|гарантирован|гарантирована|гарантированы',
    '!без риска|рисков',
    '!без всякого|всяких|малейшего|какого риска|рисков',
    '!никакого|никаких риска|рисков',
    '100 % результат~masc|безопасн~adj|эффект~masc|успех~masc|уверенность|надежность|выгода|одобрение',
  ],
  guarantee_implied: [
    'гарант~iya',
    'обещаем|обещаю',
    'стопроцентн~adj',
    '100 %',
    '100 процентов',
    '!ничем не рискуете',
  ],
  pressure: [
    'только|лишь сегодня',
    'только|лишь до конца дня|недели',
    'последн~pressure шанс~masc|возможность|возможности',
    'последн~pressure день|дни акции|скидки|скидок|предложения',
    'успейте|успевайте|спешите|торопитесь|поторопитесь|поспешите',
    '!не упустите|упускайте|пропустите|пропускайте',
    'завтра .. будет поздно',
    'решать|решить|решиться|решение|ответ нужно|нужен|надо|необходимо прямо|сейчас|сегодня|немедленно',
    '!пока не поздно',
    'сейчас или никогда',
    'сегодня или никогда',
    'решайте|решайтесь|соглашайтесь|покупайте|заказывайте|оформляйте сейчас|сегодня|срочно|немедленно|быстрее|скорее',
    'нужно|надо|необходимо|должны решить|решать|решиться|согласиться прямо|сейчас|сегодня|немедленно',
  ],
  pressure_implied: [
    'срочно|немедленно',
    'количество|число|время ограничено|ограниченно',
    'ограниченн~adj количество|время|предложение|тираж|серия',
    'осталось|остался|осталась .. мест|места|место|штук|штуки|дней|дня|день|часов|часа',
    'пока действует|действуют|есть акция|скидка|скидки|предложение',
    'только для вас',
    'всего %number дня|дней|день|часа|часов|места|мест|штуки|штук',
  ],
  compares: [
    RU_BETTER,
    'в отличие',
    'по сравнению',
    '!не то что',
    'вместо',
    'чем у|в|за|с',
    'больше|меньше|более|менее .. чем',
    'превосходит|превосходим|превосходят|обгоняем|обгоняет|опережаем|опережает|уступает|уступают|проигрывает|проигрывают',
    'обманывает|обманывают|обдирает|обдирают|переплачиваете',
  ],
  rival: ['конкурент~masc', `${RU_OTHER} ${RU_FIRMS}`],
  harmless: [
    'лучшем случае',
    'всего лучшего|наилучшего',
    'к лучшему',
    'лучш~adjs время|день|час|момент',
    'лучшую сторону',
    'лучших побуждений',
    'наилучш~adjs пожелания|пожеланиями|пожеланий',
    'наименьш~adjs|наибольш~adjs сумма|сумму|число|значение',
    `${RU_SELF} главн~adj|важн~adj|перв~adj|последн~adjs|ближайш~adjs|обычн~adj|ранн~adjs|поздн~adjs|удобн~adj`,
    `${RU_SELF_DOUBTFUL} главн~adj|важн~adj|перв~adj|последн~adjs|ближайш~adjs|начала|конца|деле|начале|конце|удобн~adj`,
    `${RU_THAT} ${RU_SELF}|${RU_SELF_DOUBTFUL}`,
    'дом|дома|дому|доме|офис|офиса|офисе|школа|школы|пункт|пункта|пункте|вариант|шаг|вопрос|квартира|корпус|подъезд|кабинет|договор|договора|приложение|касса|кассы no1',
    'дом|дома|дому|доме|офис|офиса|офисе|школа|школы|пункт|пункта|пункте|вариант|шаг|вопрос|квартира|корпус|подъезд|кабинет|договор|договора|приложение|касса|кассы no|номер 1|один',
    'единственн~adj вопрос~masc|способ~masc|условие|условия|исключение|раз|ребенок|владелец|собственник',
    'ведущ~adjs специалист~masc|менеджер~masc|инженер~masc',
    'лучше %verb',
    '%number процентов|% предоплат~fem|оплат~fem|суммы|стоимости|налога',
    'срочно .. перезвон~call|нужно|надо|уйти|уехать',
  ],
  says_purpose: [
    'звоню|звоним|обращаюсь|обращаемся|беспокою|беспокоим .. по|чтобы|насчет|о|об|с|для|из',
    'цель|причина .. звонка|разговора',
    'по поводу|вопросу|теме',
    'хочу|хотим|хотел|хотела|хотели|хотелось|могу|можем|разрешите|позвольте .. предложить|рассказать|сообщить|спросить|задать|представить|уточнить|опросить',
    'провожу|проводим .. опрос|исследование',
  ],
  says_right_to_refuse: [
    'можете|вправе|право|возможность|готовы|хотите|захотите|можно .. отказаться|прервать|прекратить|завершить|отозвать',
    '!если .. не хотите|желаете|интересно|интересует|хотели|удобно|актуально|нужно',
    '!не звонить|звонили|беспокоить|беспокоили|перезванивать',
    'отказаться .. звонков|предложения|разговора|рассылки|рекламы|общения',
    'отозвать .. согласие',
  ],
  says_advert: ['реклам~fem', 'рекламн~adj'],
  says_consent: [
    'согласи~consent',
    'согласны|согласен|согласна|согласились',
    'разрешили|разрешение|разрешаете .. звонить|звонки|звонок|звонков',
  ],
  says_free: ['бесплатно|бесплатен|бесплатна', 'бесплатн~adj'],
};

const EN_FIRMS =
  'companies|company|providers|provider|suppliers|supplier|operators|operator|banks|bank|insurers|insurer|carriers|carrier|brands|brand|networks|network|shops|stores|firms|vendors';

export const ENGLISH: PhraseBook = {
  superlative: [
    'best',
    'number|nr one|1',
    'no 1',
    'no1',
    '# 1',
    'cheapest|lowest|fastest|greatest|finest|safest|strongest|biggest|largest|highest|quickest|smartest|richest|cleanest',
    'most %quality',
    'world leading|greatest|first|finest|favourite|favorite|class',
    'market|industry|world leader|leaders',
    'unbeatable|unrivalled|unrivaled|unmatched|unsurpassed|unparalleled|unequalled|unequaled|incomparable|invincible',
    'second to none',
    '!like no other',
    '!no one|other .. beats|beat|matches|match',
    '!nobody|nothing|none .. beats|beat|matches|match|compares',
    "!not|never|nowhere|won't find .. better|cheaper|lower|faster",
    "cannot|can't be beaten|matched",
    `top ${EN_FIRMS}|quality|rated|ranked|choice|1|one`,
    'the only company|provider|supplier|operator|bank|service in|that|to|which',
  ],
  superlative_implied: [
    'unique|perfect|ideal|ultimate|flawless|matchless',
    `leading ${EN_FIRMS}|brands|service|specialist`,
    'the only',
    'revolutionary|miraculous|miracle',
  ],
  comparison: [
    'than|unlike others|everyone|everybody|anyone|anybody|rivals|competitors|competition',
    'than|unlike|beats|beat any|all|every|most other|others|of',
    'than|unlike the|our|their rest|competition|competitors|others|rivals|market',
    'below|under market price|prices|rate|rates',
    `unlike other ${EN_FIRMS}|people`,
  ],
  guarantee: [
    'guaranteed|guaranteeing|guarantees',
    'we|i|will|can|fully|absolutely|personally guarantee',
    'risk free',
    '!no|zero|without risk|risks',
    '!without any risk|risks',
    '100 %|percent safe|secure|sure|satisfaction|guaranteed|certain|effective|reliable|legal|success',
    "!can't|cannot fail|lose",
    '!can not fail|lose',
    '!never fails|fail',
  ],
  guarantee_implied: ['guarantee', 'we|i promise', '!nothing to lose', '100 %|percent'],
  pressure: [
    'only|just today|tonight',
    'only|just for today|tonight',
    'today|tonight only',
    'last|final chance|opportunity',
    'now or never',
    'act now|fast|today|immediately|quickly',
    'hurry',
    "!don't|not|never miss out|this|it",
    "!don't|not|never miss the|your|our chance|offer|deal|discount|price",
    'before it too late',
    'before it is too late',
    'offer|price|discount|deal|promotion|sale .. ends|expires|end|expire today|tonight|tomorrow|soon|midnight',
    'you must decide|sign|order|act|agree|pay now|today|immediately|right',
    'you have|need to decide|sign|order|act|agree|pay now|today|immediately|right',
    'decide|sign|order|buy now|immediately',
    'need your answer|decision|agreement now|today|immediately|right',
    'sign|order|buy today',
  ],
  pressure_implied: [
    'limited time|offer|stock|places|availability|period|edition',
    'while stocks|supplies|stock last|lasts',
    'only|just %number left|places|spots|seats|remaining|days|hours',
    'once in a lifetime',
    'running out',
    'urgent|urgently',
    "!don't|not wait|delay",
    'exclusively for you',
    'right away',
  ],
  compares: [
    'better|worse|cheaper|dearer|faster|slower|safer|weaker|stronger|lower|higher|superior|inferior|smarter',
    'more|less %quality',
    'unlike|versus|vs|than',
    'compared|comparison to|with',
    'beat|beats|beating|outperform|outperforms|overcharges|overcharge|cheats|rips',
    'instead of',
  ],
  rival: [
    'competitor|competitors|rival|rivals|competition',
    `other|another ${EN_FIRMS}`,
    `any|every other ${EN_FIRMS}`,
  ],
  harmless: [
    'best regards|wishes|before|time|moment|day|hour|number|person|email|phone|address|place|describes|describe|suits|suit|fits|works|suited|interest|interests|man|friend',
    'best way to reach|contact|call|get|talk',
    'all the best',
    'all best',
    'at best|most',
    'do|does|did|doing|try|tried|done my|our|your|their|his|her best',
    'as best',
    'suits|suit|works|work|fits|fit|like|know .. best',
    'most of|people|likely|important|recent|recently|convenient|suitable|interested|satisfied|concerned|worried|used|needed|preferred|typical|frequent',
    'highest|lowest level|education|degree|floor|bill|month',
    'greatest|largest|highest|lowest|smallest value|number|amount|sum',
    'biggest|largest|greatest concern|problem|worry|question|need|reason|challenge|expense|bill|difficulty',
    'than %number',
    'more|less than %number',
    'the only thing|question|person|one|reason|time|way|day',
    'better to|if|for|time|day|number',
    "don't|not hesitate",
    'perfect|ideal time|day|thank|thanks',
    'press|dial|option|house|flat|apartment|step|question number|no 1|one',
    'unique number|code|identifier|id|reference',
    'manufacturer|warranty|bank guarantee|guarantees',
    'guarantee|guarantees card|period|fund',
  ],
  says_purpose: [
    'calling|ringing|phoning|contacting .. about|to|because|regarding|concerning|on|with',
    'reason|purpose .. call|calling',
    'call|conversation is about|regarding|to',
    'would|like|want|wanted .. offer|tell|introduce|present|ask|inform|invite|discuss',
    'conducting|carrying|doing .. survey|research|poll',
  ],
  says_right_to_refuse: [
    'can|may|could|free|right|want|wish|prefer|rather|choose .. refuse|decline|stop|unsubscribe|withdraw|object|cancel',
    'opt out',
    "!not|don't|rather .. want|wish|like|interested|receive .. call|calls|called|contact|contacted",
    "!not|don't|never|no call|calls|contact .. again|anymore|more|longer",
    'stop|end the|this|our|these call|calls|conversation|calling',
    'take|remove you|your|me .. list|database',
    "!if .. not|don't|aren't|rather .. interested|want|wish|talk|like|continue",
    'do not call list',
  ],
  says_advert: ['advert|advertisement|advertising', 'marketing|sales|advertising|promotional call|offer|calls'],
  says_consent: ['consent|consented|permission', 'you .. agreed|asked|requested|allowed'],
  says_free: ['free of charge', 'at no cost|charge', 'costs nothing', 'for free'],
};

export const VIETNAMESE: PhraseBook = {
  superlative: [
    'nhất',
    'duy|độc|bậc|đệ nhất',
    'số một|1',
    'top 1|một',
    'hàng|đứng đầu',
    'vô địch|đối|song',
    'có một không hai',
    '!không|chẳng|chưa đâu|ai|nơi .. bằng|hơn|sánh',
    '!không có đối thủ',
    '!không|chưa nơi|bên nào .. bằng|hơn|sánh',
  ],
  superlative_implied: ['hoàn hảo', 'lý tưởng', 'tối ưu', 'tuyệt đối', 'dẫn đầu', 'độc quyền', 'đỉnh cao'],
  comparison: [
    'hơn đối thủ',
    'so|khác với đối thủ',
    'so với đối thủ|thị trường',
    '!không như|giống .. đối thủ',
    'hơn mọi|tất|bất',
    'rẻ|tốt|nhanh|thấp hơn thị trường',
  ],
  guarantee: ['cam kết', 'đảm|bảo bảo|đảm', '!không rủi ro', '!không có|lo|hề rủi ro'],
  guarantee_implied: ['100 %', 'chắc chắn sẽ|được|có', 'xin hứa', '!không mất gì'],
  pressure: [
    'chỉ hôm nay',
    'chỉ trong|còn|riêng|có|duy hôm nay',
    'chỉ trong|còn|có|nhất .. hôm nay',
    'duy nhất .. hôm nay',
    'cơ hội cuối|chót',
    'cơ hội cuối cùng',
    'nhanh tay|chân|lên',
    'mau lên',
    '!đừng|chớ|không bỏ lỡ|qua',
    '!đừng|chớ nên bỏ lỡ',
    'kẻo lỡ|hết|muộn|trễ',
    'trước khi quá muộn',
    'bây giờ hoặc không bao giờ',
    'phải|cần quyết|đăng định|ký|mua ngay',
    'quyết định ngay|luôn',
    'ngày cuối cùng .. khuyến|ưu|giảm',
  ],
  pressure_implied: [
    'ngay hôm nay',
    'ngay bây giờ|lập tức',
    'số lượng|suất|chỗ .. có hạn|giới',
    'có hạn',
    'ưu|khuyến đãi|mãi|mại .. sắp hết',
    'sắp hết hạn|hàng|chỗ|suất',
    'gấp',
    'chỉ còn %number',
  ],
  compares: ['hơn', 'so với', 'khác với|hẳn', '!không như|giống', 'vượt', 'kém|thua', 'thay vì'],
  rival: [
    'đối thủ',
    'bên|hãng|chỗ|nơi khác',
    'công ty khác',
    'nhà mạng khác',
    'ngân hàng khác',
    'nhà cung cấp khác',
    'đơn vị khác',
    'thương hiệu khác',
  ],
  harmless: [
    'thứ|thống|hợp|đồng nhất',
    'nhất định|thiết|là|trí|quán|thời',
    'ít|gần|sớm|muộn|chậm|mới nhất',
    'gần đây nhất',
    'nhiều nhất là',
    'quan trọng nhất',
    'thuận tiện nhất',
    'phù|thích hợp nhất',
    'cần thiết nhất',
    'nào nhất',
    'giá trị lớn|nhỏ nhất',
    'tiện nhất',
    'lúc|giờ tốt|nào .. nhất',
    'thời gian|điểm tốt|thích|nào .. nhất',
    'câu hỏi duy nhất',
    'một lần duy nhất',
    'nhà|phòng|ngõ|tầng|căn|quận|đường|tổ|khu|bước|câu số một|1',
    'hơn %number',
    'hơn nữa',
    'để|nhằm đảm|bảo bảo|đảm',
    'bảo|đảm bảo|đảm an toàn thông tin',
    'không gấp',
    'gấp đôi|ba|rưỡi',
    '%number % giá|tiền|số',
  ],
  says_purpose: [
    'gọi|điện|liên .. để|về|nhằm',
    'liên hệ|lạc .. để|về|nhằm',
    'mục đích .. gọi|cuộc',
    'xin|muốn|phép .. giới|tư|khảo|thông|trao|mời thiệu|vấn|sát|báo|đổi|anh|chị|quý',
    'khảo sát',
  ],
  says_right_to_refuse: [
    'từ chối',
    '!không|chưa muốn|cần .. gọi|cuộc|nghe',
    'ngừng|dừng .. gọi|cuộc',
    '!không gọi .. nữa|lại',
    'hủy|huỷ đăng ký',
    '!nếu .. không quan|muốn|tiện|có tâm|nghe|nhận|nhu',
    '!nếu .. không tiện|muốn',
  ],
  says_advert: ['quảng cáo'],
  says_consent: ['đồng ý', 'cho phép'],
  says_free: ['miễn phí', 'không mất phí'],
};

/** More endings, of words that the phrases above need only once. */
export const RARE_ENDINGS: Readonly<Record<string, readonly string[]>> = {
  // последний, whose own table would be one for a single word
  pressure: ['ий', 'его', 'ему', 'им', 'ем', 'яя', 'ей', 'юю', 'ее', 'ие', 'их', 'ими'],
  call: ['ить', 'ите', 'им', 'ю'],
  consent: ['е', 'я', 'ю', 'ем', 'и'],
};

/** Endings by which a Russian adjective is known. */
export const RU_ADJECTIVE_ENDINGS: readonly string[] = [
  ...['ый', 'ий', 'ой', 'ая', 'яя', 'ое', 'ее', 'ые', 'ие', 'ого', 'его', 'ому', 'ему', 'ую', 'юю', 'ым', 'им', 'ом'],
  ...['ем', 'ей', 'ых', 'их', 'ыми', 'ими'],
];
/** Endings by which a Russian verb is known after `лучше`: what one had better do. */
export const RU_VERB_ENDINGS: readonly string[] = [
  ...['ть', 'ться', 'ти', 'тись', 'чь', 'ем', 'им', 'ете', 'ите', 'ешь', 'ишь', 'йте', 'йтесь', 'ую', 'ню', 'лю', 'жу'],
];
/** Endings by which an English word of praise is known after `most`. */
export const EN_QUALITY_ENDINGS: readonly string[] = [
  ...['able', 'ible', 'ed', 'ive', 'ous', 'ful', 'ent', 'ant', 'al', 'ic', 'ing', 'ure', 'ise', 'ate', 'ar', 'ern'],
];
/** Stems before -ейший or -айший that praise nothing: the nearest time, the further steps. */
export const RU_MODEST_STEMS: ReadonlySet<string> = new Set(['ближ', 'дальн', 'мал', 'скор', 'поздн', 'мил', 'стар']);

/** Words that deny what follows, and those that may stand between. */
export const NEGATORS: ReadonlySet<string> = new Set([
  ...['не', 'ни', 'без', 'нет', 'никаких', 'никакой', 'никакие'],
  ...['not', 'no', 'never', 'without', 'cannot', "don't", "doesn't", "didn't", "isn't", "aren't", "wasn't", "won't"],
  ...["can't", "couldn't", "wouldn't", "shouldn't", 'nor', 'neither'],
  ...['không', 'chưa', 'chẳng', 'chả', 'đừng', 'chớ', 'khong', 'chua'],
]);
export const BETWEEN: ReadonlySet<string> = new Set([
  ...['можем', 'могу', 'может', 'могут', 'будем', 'буду', 'даем', 'дает', 'даю', 'является', 'являемся', 'являются'],
  ...['вправе', 'обязательно', 'всегда', 'никаких', 'это', 'самый', 'самая', 'самое', 'самые', 'ваш', 'наш', 'надо'],
  ...['нужно', 'такой', 'был', 'была', 'значит', 'обещаем', 'говорим'],
  ...['a', 'an', 'the', 'any', 'you', 'be', 'is', 'are', 'we', 'it', 'can', 'do', 'give', 'make', 'offer', 'provide'],
  ...['claim', 'say', 'to', 'that', 'this', 'necessarily', 'promise', 'need', 'your', 'our', 'always', 'really', 'as'],
  ...['thể', 'phải', 'là', 'có', 'được', 'cần', 'hề', 'dám', 'nói', 'gì', 'hẳn'],
]);
/** `не только`, `not only`, `không chỉ` deny nothing. */
export const NOT_ONLY: ReadonlySet<string> = new Set([
  ...['только', 'просто', 'лишь', 'only', 'just', 'merely', 'simply', 'chỉ', 'những'],
]);

/** Money, by sign or name. */
export const CURRENCIES: ReadonlySet<string> = new Set([
  ...['€', '$', '£', '₽', '₫', '₴', '₸', '₹', '¥'],
  ...['euro', 'euros', 'eur', 'dollar', 'dollars', 'usd', 'pound', 'pounds', 'gbp', 'cent', 'cents', 'rub', 'vnd'],
  ...['руб', 'рубль', 'рубля', 'рублей', 'рублям', 'рублями', 'рублях', 'р', 'евро', 'доллар', 'доллара', 'долларов'],
  ...['копеек', 'копейки', 'đồng', 'đ', 'vnđ', 'dong', 'nghìn', 'ngàn', 'triệu'],
]);

/** Endings that a Russian or Russified name takes, for competitors. */
export const NAME_ENDINGS: ReadonlySet<string> = new Set([
  ...[
    '',
    'а',
    'у',
    'ом',
    'ем',
    'е',
    'ы',
    'и',
    'ой',
    'ей',
    'ю',
    'я',
    'ь',
    'ью',
    'о',
    'ов',
    'ев',
    'ам',
    'ям',
    'ами',
    'ями',
  ],
  ...['ах', 'ях', 'ый', 'ий', 'ая', 'ое', 'ые', 'ие', 'ого', 'его', 'ому', 'ему', 'ым', 'им', 'ую', 'юю', 'ых', 'их'],
  ...['ыми', 'ими', 'ия', 'ии', 'ию', 'ией'],
]);
