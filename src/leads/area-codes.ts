import { countryZones, distinctZones } from './time-zones.js';
import { findRegion } from './regions.js';

/** Where the numbers of an area or of a range belong. */
export interface NumberPlace {
  /** ISO 3166-2, sorted; all that it may be. */
  regions: readonly string[];
  /** IANA, sorted, at least one. */
  zones: readonly string[];
}

/**
 * The area of a number by its first three digits after the calling code, or null. `e164` with its plus. Mobile numbers of
 * North America have area codes too; a person may have taken theirs along, but nothing else is known of where they are.
 */
export function areaOf(country: string, e164: string, lineType: string): NumberPlace | null {
  switch (country) {
    case 'US':
    case 'CA':
      return codesOf(country)?.get(e164.slice(2, 5)) ?? null;
    case 'RU':
      return e164.charCodeAt(2) === 57 ? null : (codesOf(country)?.get(e164.slice(2, 5)) ?? null);
    case 'ES':
    case 'PT':
      return lineType === 'fixed_line' ? (codesOf(country)?.get(e164.slice(3, 6)) ?? defaultOf(country)) : null;
    default:
      return null;
  }
}

const known = new Map<string, Map<string, NumberPlace>>();

function codesOf(country: string): Map<string, NumberPlace> | undefined {
  let codes = known.get(country);
  if (!codes && Object.hasOwn(CODES, country)) known.set(country, (codes = readCodes(country, CODES[country]!)));
  return codes;
}

function readCodes(country: string, text: string): Map<string, NumberPlace> {
  const codes = new Map<string, NumberPlace>();
  for (const line of text.trim().split('\n')) {
    const [names, list, only] = line.trim().split('|') as [string, string, string | undefined];
    const regions = names === '-' ? [] : names.split(' ').map((name) => `${country}-${name}`);
    const own = regions.flatMap((code) => findRegion(code)?.zones ?? []);
    const zones = distinctZones(country, only ? only.split(' ') : own.length > 0 ? own : countryZones(country));
    const place = { regions: [...regions].sort(), zones };
    for (const code of list.split(' ')) codes.set(code, place);
  }
  return codes;
}

function defaultOf(country: string): NumberPlace | null {
  return { ES: MAINLAND_SPAIN, PT: MAINLAND_PORTUGAL }[country] ?? null;
}

const MAINLAND_SPAIN: NumberPlace = { regions: [], zones: ['Europe/Madrid'] };
const MAINLAND_PORTUGAL: NumberPlace = { regions: [], zones: ['Europe/Lisbon'] };

const E = 'America/New_York';
const C = 'America/Chicago';
const P = 'America/Los_Angeles';

/** regions | area codes | zones, where the area has not all of its region's. As the numbering plans had it in 2026. */
const CODES: Readonly<Record<string, string>> = {
  US: `
    AL|205 251 256 334 659 938
    AK|907
    AZ|480 520 602 623|America/Phoenix
    AZ|928
    AR|327 479 501 870
    CA|209 213 279 310 323 341 350 357 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 669 707 714 738 747 760 805 818 820 831 837 840 858 909 916 925 949 951
    CO|303 719 720 748 970 983
    CT|203 475 860 959
    DE|302
    DC|202 771
    FL|239 305 321 324 352 386 407 561 645 656 689 727 728 754 772 786 813 863 904 941 954|${E}
    FL|448 850
    GA|229 404 470 478 678 706 762 770 912 943
    HI|808
    ID|208 986
    IL|217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 861 872
    IN|260 317 463 765|${E}
    IN|219 574 812 930
    IA|319 515 563 641 712
    KS|316 913|${C}
    KS|620 785
    KY|502 859|${E}
    KY|270 364 606
    LA|225 318 337 457 504 985
    ME|207
    MD|227 240 301 410 443 667
    MA|339 351 413 508 617 774 781 857 978
    MI|231 248 269 313 517 586 616 679 734 810 947 989|${E}
    MI|906
    MN|218 320 507 612 651 763 924 952
    MS|228 471 601 662 769
    MO|235 314 417 557 573 636 660 816 975
    MT|406
    NE|402 531 308
    NV|702 725|${P}
    NV|775
    NH|603
    NJ|201 551 609 640 732 848 856 862 908 973
    NM|505 575
    NY|212 315 329 332 347 363 516 518 585 607 624 631 646 680 716 718 838 845 914 917 929 934
    NC|252 336 472 704 743 828 910 919 980 984
    ND|701
    OH|216 220 234 283 326 330 380 419 436 440 513 567 614 740 937
    OK|405 539 572 580 918
    OR|503 971|${P}
    OR|458 541
    PA|215 223 267 272 412 445 484 570 582 610 717 724 814 835 878
    RI|401
    SC|803 821 839 843 854 864
    SD|605
    TN|865|${E}
    TN|615 629 731 901|${C}
    TN|423 931
    TX|210 214 254 281 325 346 361 409 430 469 512 621 682 713 726 737 806 817 830 832 903 936 940 945 956 972 979|${C}
    TX|432 915
    UT|385 435 801
    VT|802
    VA|276 434 540 571 686 703 757 804 826 948
    WA|206 253 360 425 509 564
    WV|304 681
    WI|262 274 353 414 534 608 715 920
    WY|307`,
  CA: `
    AB|368 403 587 780 825
    BC|604|America/Vancouver
    BC|236 250 257 672 778
    MB|204 431 584
    NB|428 506
    NL|709 879
    NS PE|782 902
    ON|226 249 289 343 365 382 416 437 519 548 613 647 683 742 753 905 942|America/Toronto
    ON|705 807
    QC|263 354 438 450 468 514 579 819 873|America/Toronto
    QC|367 418 581
    SK|306 474 639
    NT NU YT|867`,
  RU: `
    BU|301
    ZAB|302
    UD|341
    PER|342
    SVE|343
    TYU|345
    KHM|346
    BA|347
    YAN|349
    CHE|351
    KGN|352
    ORE|353
    CR|365
    OMS|381
    TOM|382
    NVS|383
    KEM|384
    ALT|385
    AL|388
    KK|390
    KYA|391
    TY|394
    IRK|395
    KGD|401
    SA|411
    MAG|413
    KAM|415
    AMU|416
    KHA|421
    PRI|423
    SAK|424
    YEV|426
    CHU|427
    KRS|471
    BEL|472
    VOR|473
    LIP|474
    TAM|475
    SMO|481
    TVE|482
    BRY|483
    KLU|484
    YAR|485
    ORL|486
    TUL|487
    RYA|491
    VLA|492
    IVA|493
    KOS|494
    MOW|495 499
    MOS|496 498
    PSK|811
    SPE|812
    LEN|813
    KR|814
    MUR|815
    NGR|816
    VLG|817 820
    ARK NEN|818
    KO|821
    NIZ|831
    KIR|833
    MO|834
    CU|835
    ME|836
    PNZ|841
    ULY|842
    TA|843 855
    VGG|844
    SAR|845
    SAM|846 848
    KL|847
    AST|851
    DPR|856
    LPR|857
    KDA|861 862
    ROS|863
    STA|865 879
    KB|866
    SE|867
    SEV|869
    CE|871
    DA|872
    IN|873
    AD|877
    KC|878`,
  ES: `CN|822 828 922 928`,
  PT: `
    -|291|Atlantic/Madeira
    -|292 295 296|Atlantic/Azores`,
};
