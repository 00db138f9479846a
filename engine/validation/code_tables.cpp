#include "validation/code_tables.hpp"

// clang-format off
namespace causeway::validation {

const std::array<std::uint64_t, 275> kLanguages3 = {
    0xdbbfffeffefdfdff, 0x573c1ff7fafefffb, 0x70fffffff873976f, 0x728505cfffff03bf, 0x77ffffff7ffdffe9,
    0xe3ffffffffffffff, 0x7a0abc4dffffffe9, 0xfff7fffeffffffbe, 0xf0f1f42bdfffffff, 0xeddf2007149fe75d,
    0xffeebff821c93f9f, 0xffff7fffffffffff, 0xf7fffffffd7fffff, 0xe7ffffffffffff7f, 0xffffefffffffffbf,
    0xdfffffffffbfffff, 0xffff7ffbfff3ffff, 0xf7fffffbfffffeff, 0xdf7ffffffffdffff, 0xffdffffffeffffff,
    0xfffffefffffbdfff, 0xd5fdbf7ff7ffffff, 0x2c43c19cff407fad, 0x8000445000412508, 0xd64542b49ff2ffbb,
    0x5717e77bf788349b, 0xeff37f371c0e7d55, 0x10000865385dff9f, 0x377fffffffbfffbc, 0x8101ffdfc7c73e,
    0x3000020008005b0, 0x7dffd02192000040, 0x640200045efedeff, 0x227bdfc1198d, 0xf3d9e526de6ddf00,
    0xc41149fcffdfffe, 0x5f67c7f000d10086, 0x3efedb75e99d6, 0x57da77c000000002, 0xfff47bd62e016d92,
    0x560c010000007f7f, 0x16512714b0000003, 0x491110000001000a, 0x1000000010600000, 0x580100004440000,
    0x428800005000018, 0x3564102dd5500000, 0x3cde2bfd5f55324, 0x40008000, 0x9957dd0139170400,
    0x8240010008a79821, 0x200000004000000, 0xfeb0000044004001, 0x4000000020039ab, 0x4000200000000000,
    0x200000004, 0x5a88310, 0x8000408a6042004, 0x4086310800005081, 0xf503004000000000,
    0xe000000004081003, 0x1100800013b33b, 0x0, 0xffffffffff000000, 0x27dfffc0a283cfdf,
    0xc5b2201003e51fef, 0xdff9df039b2545a6, 0xe3810e019048d403, 0x6dff7ff338db5493, 0x10008047ffffff9,
    0x4f850ffd5f3c1221, 0xd6fffdff04004044, 0xda337f41be8, 0xf000840702797b20, 0x81041800fe7fff,
    0x11c9410800000, 0x400401000000000, 0x400ca5feb408, 0xfff060006c042491, 0x6edf9f051cf67ffb,
    0x540000000110003, 0x510400042882b6b5, 0x50809053ffdffe2, 0x100000000040, 0x6c02a1000000000c,
    0x8047c020881448e7, 0x244050cc00000007, 0x2000102040844785, 0xeeecd90011885002, 0xeb590e69111d3750,
    0x10400520000833, 0x5dd6499644500000, 0x1000fb974783a7, 0x100454000800008, 0x846008040010002,
    0x169dc439f7ebf8, 0xa2dd202001040c00, 0x441200000001, 0x800413959df01004, 0xf010004016d00100,
    0x4a0102d24c6290, 0xc020000208000446, 0x800068000, 0x80215efd8f000, 0x110000000000100,
    0xe3d7ff0000001000, 0xff7ffffffffffffd, 0xfffffffffffffeff, 0xfffffbffdfffffff, 0xfffffefffffffddb,
    0xffffffffffffffff, 0xffffffdcffdffffd, 0xfffbfeffffffffff, 0xfffeffffffffffff, 0xfffffffffffffffd,
    0xffffffffffffffef, 0xffdfddfd7bffffff, 0xfff007ff2c0598bc, 0x1f7dc30008007fff, 0x447f7cfff072e606,
    0x57fffd1e7b9f3022, 0xf7951ef2ff3ffff2, 0x200002018047ffff, 0x116ef9df8a9f5540, 0x34077fffbd05187,
    0x100040005c58d105, 0xb77b800a20000204, 0xfffffffffffefefd, 0xffff7fffffffefff, 0xf7ffffffffffffff,
    0xff7fffff7fdfffff, 0xfbffffbdffefffff, 0xf7fffd7fdfffffff, 0xfffbfffffff7ffff, 0xdf7fffffffffffef,
    0xfffffffff7efbfff, 0x7ffffffeffffffff, 0xfdfffcffffffffff, 0xfffeffbe9fffff7f, 0xffff0482027ff77f,
    0xfff7ffffefd7ffff, 0xfd56fff7ffe79ee2, 0xffefffffffffffcd, 0xc40651a70f7dfffd, 0xfffdffa6af5dd097,
    0x203fffffff5b5d63, 0x4df565c251570014, 0x5c58542dfffffe2, 0x508106974002204, 0x6010041,
    0x10405605100, 0xf192011800201106, 0xed570695066b67fd, 0x406204837b9d4dfb, 0x8354000000421500,
    0xf7df46c98e105ff9, 0x9000000020003113, 0x100a0000000000, 0x7dbffddff0004001, 0x61841442bfffcfbe,
    0x490002047a5dffb0, 0xefbff1edff27142d, 0xfc1ee0c70200003f, 0xfff7fdf7fbfdffbb, 0x107ff447edf5fcff,
    0xf9ddf7ff7fc40101, 0x3dbd77f5ef86055f, 0x4000427143000000, 0x8241943010000, 0xffffffffffffffff,
    0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff,
    0xffffffffffffffff, 0xffffffffffffffff, 0x5d13ee57e7bdefff, 0x800117fa2140c109, 0xbffffef000000000,
    0x8000020002300, 0x10e3b53000, 0x8330020100162411, 0x48118301005001a3, 0x12ffffdff0000000,
    0x20800052d87f10aa, 0x202144000000000, 0x9c5f61104210403d, 0x20025c0100000031, 0x20014200010000,
    0x3fffffffffdfbf00, 0xffffafffbdcfdedf, 0xfdeffdf110404b7f, 0xf17fffdffbfffff7, 0xf7eeff7fff7ff17b,
    0xfdffdfffdbffbfef, 0x9f76816fff57bf7e, 0xfefbfffffffdf7dc, 0x18505fef5f575fff, 0xf159f159ffffe62,
    0x7ef7f592a17dc67d, 0xffddfdffffffffff, 0x98403fff5ff6fdff, 0xdffef6f3ffe3ff02, 0xbc7b153ed07fdfff,
    0xf7fffff7ffffbeff, 0xfdd7f7dffeffff7f, 0xffffffc5bf802fef, 0xbffdffffffff9fff, 0xdbf8ff771f467fdf,
    0xa07beab9167dcf5d, 0x482404023000201e, 0x406d440000004, 0x609300004000400, 0x24000000080050,
    0xf4dd758dc100004, 0xa4ad56416f14f54, 0x80040000240, 0x4148581febffdc00, 0x224012300004a024,
    0x1000, 0xbf10108000000001, 0x100936f, 0x2d80c0000000, 0xa00000000,
    0x100010002c286c0, 0x79fff012000218ff, 0xa00000025003f, 0x1000400000000000, 0x1000020290003,
    0x1000000008300, 0x0, 0x7ecfffffff000000, 0x46019200001011be, 0x14300001005ef1cd,
    0x7a3ff60401105504, 0x75552080b0000405, 0x43d578cc71df7d97, 0x1146757f5, 0x60541fdbf72c0000,
    0x1ba388b10056883, 0x442400300000, 0xf000000102310310, 0x78d670bcd7d7fff5, 0x41e984a40550157a,
    0x407452396b000000, 0x20000926a9030e8, 0xeff453857fffefff, 0x42f54cc7ddf2ffff, 0x56c080001ffffffc,
    0xffef7d37fb9f16cc, 0x5d01184401afa4bd, 0x80e0302850084a4e, 0x6fffffff00242010, 0x116402a880601fe,
    0x100000013e2b1501, 0xbfe1010202456990, 0xd1a7dc10000003bf, 0xb36e8ffddf449e54, 0x803d30d8c3d42055,
    0x84c511f44c000000, 0xdbbf7f502200506f, 0x1045b28410200007, 0x11021200004406, 0x891602057ffdfff0,
    0x30c100008000000, 0x2802308300000000, 0x2423c0330084, 0xf154c8463ae4cb00, 0x50840101167fffff,
    0x4000010ffffffc07, 0xe140121c01013810, 0x1003081676, 0x2422000000000001, 0x80400a,
};

const std::string_view kLanguages2 =
    "aaabaeafakamanarasavayazbabebgbhbibmbnbobrbscacechcocrcscucvcydadedvdzeeeleneoeseteufafffifjfofrfygagdglgngu"
    "gvhahehihohrhthuhyhziaidieigiiikinioisitiuiwjajijvjwkakgkikjkkklkmknkokrkskukvkwkylalblglilnloltlulvmgmhmimk"
    "mlmnmomrmsmtmynanbndnengnlnnnonrnvnyocojomorospapiplpsptqurmrnrorurwsascsdsesgshsiskslsmsnsosqsrssstsusvswta"
    "tetgthtitktltntotrtstttwtyugukuruzvevivowawoxhyiyozazhzu";

const std::string_view kExtendedLanguages =
    "aaoabhabvacmacqacwacxacyadfadsaebaecaedaenafbafgajpajsapcapdarbarqarsaryarzaseasfaspasqaswauzavlayhaylaynayp"
    "bbzbfibfkbjnbogbqnbqybtjbvebvlbvubzscdocdscjycmncnpcoacpxcsccsdcsecsfcsgcslcsncspcsqcsrcsxczhczodoqdsedsldsz"
    "dupecsehseslesnesoethfcsfsefslfssgangdsgomgsegsggsmgssgushabhafhakhdshjihkshnmhoshpshshhslhsnicliksilsinlins"
    "iseisgisrjakjaxjcsjhsjksjlsjosjsljuskgiknnkvbkvkkvrkxdlbslcelcflgsliwllslsblsclsglsllsnlsolsplstlsvlswlsyltg"
    "luhlvslwslzhmaxmdlmeomfamfbmfsminmnpmqgmremsdmsimsrmuimzcmzgmzynannbsncsnsinslnspnsrnzsoklornorspelpgapgzpks"
    "prlprzpscpsdpsepsgpslpsopsppsrpysribrmsrnbrsirslrsmrsnsdlsfbsfssggsgxshusjcslfslssqksqssqxsshsspssrsvkswcswh"
    "swlsyyszstmwtsetsmtsqtsstsytzaugnugyukluksurkuznuzsvgtvkkvktvsivslvsvwbswuuxkixmlxmmxmsydsygsyhsyslysmyuezib"
    "zlmzmizslzsm";

const std::string_view kScripts =
    "adlmafakaghbahomarabaranarmiarmnavstbalibamubassbatkbengberfbhksblisbopobrahbraibugibuhdcakmcanscarichamcher"
    "chischrscirtcoptcpmncprtcyrlcyrsdevadiakdogrdsrtduplegydegyhegypelbaelymethigarageokgeorglaggonggonmgothgran"
    "grekgujrgukhguruhanbhanghanihanohanshanthatrhebrhirahluwhmnghmnphntlhrkthungindsitaljamojavajpanjurckalikana"
    "kawikharkhmrkhojkitlkitskndakorekpelkraikthilanalaoolatflatglatnlekelepclimblinalinblisulomalycilydimahjmaka"
    "mandmanimarcmayamedfmendmercmeromlymmodimongmoonmroomteimultmymrnagmnandnarbnbatnewankdbnkgbnkoonshuogamolck"
    "onaoorkhoryaosgeosmaougrpalmpaucpcunpelmpermphagphliphlpphlvphnxpiqdplrdprtipsinranjrjngrohgrororunrsamrsara"
    "sarbsaursealsgnwshawshrdshuisiddsidtsindsinhsogdsogosorasoyosundsunusylosyrcsyresyrjsyrntagbtakrtaletalutaml"
    "tangtavttayotelutengtfngtglgthaathaitibttirhtnsatodrtolstototutgugarvaiivispvithwarawchowolexpeoxsuxyeziyiii"
    "zanbzinhzmthzsyezsymzxxxzyyyzzzz";

const std::string_view kRegions2 =
    "aaacadaeafagaialamanaoaqarasatauawaxazbabbbdbebfbgbhbibjblbmbnbobqbrbsbtbubvbwbybzcacccdcfcgchcickclcmcncocp"
    "cqcrcscucvcwcxcyczdddedgdjdkdmdodzeaeceeegehereseteuezfifjfkfmfofrfxgagbgdgegfggghgiglgmgngpgqgrgsgtgugwgyhk"
    "hmhnhrhthuicidieiliminioiqirisitjejmjojpkekgkhkikmknkpkrkwkykzlalblclilklrlsltlulvlymamcmdmemfmgmhmkmlmmmnmo"
    "mpmqmrmsmtmumvmwmxmymznancnenfngninlnonpnrntnunzompapepfpgphpkplpmpnprpsptpwpyqaqmqnqoqpqqqrqsqtquqvqwqxqyqz"
    "rerorsrurwsasbscsdsesgshsisjskslsmsnsosrssstsusvsxsysztatctdtftgthtjtktltmtntotptrtttvtwtzuaugumunusuyuzvavc"
    "vevgvivnvuwfwsxaxbxcxdxexfxgxhxixjxkxlxmxnxoxpxqxrxsxtxuxvxwxxxyxzydyeytyuzazmzrzwzz";

const std::string_view kRegions3 =
    "001002003005009011013014015017018019021029030034035039053054057061142143145150151154155202419";

const std::string_view kOldLanguageTags =
    " art-lojban cel-gaulish en-gb-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-"
    "pwn i-tao i-tay i-tsu no-bok no-nyn sgn-be-fr sgn-be-nl sgn-ch-de zh-guoyu zh-hakka zh-min zh-min-nan zh-xia"
    "ng ";

const std::string_view kCountries2 =
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCX"
    "CYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIR"
    "ISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNE"
    "NFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTF"
    "TGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

const std::string_view kCountries3 =
    "ABWAFGAGOAIAALAALBANDAREARGARMASMATAATFATGAUSAUTAZEBDIBELBENBESBFABGDBGRBHRBHSBIHBLMBLRBLZBMUBOLBRABRBBRNBTN"
    "BVTBWACAFCANCCKCHECHLCHNCIVCMRCODCOGCOKCOLCOMCPVCRICUBCUWCXRCYMCYPCZEDEUDJIDMADNKDOMDZAECUEGYERIESHESPESTETH"
    "FINFJIFLKFRAFROFSMGABGBRGEOGGYGHAGIBGINGLPGMBGNBGNQGRCGRDGRLGTMGUFGUMGUYHKGHMDHNDHRVHTIHUNIDNIMNINDIOTIRLIRN"
    "IRQISLISRITAJAMJEYJORJPNKAZKENKGZKHMKIRKNAKORKWTLAOLBNLBRLBYLCALIELKALSOLTULUXLVAMACMAFMARMCOMDAMDGMDVMEXMHL"
    "MKDMLIMLTMMRMNEMNGMNPMOZMRTMSRMTQMUSMWIMYSMYTNAMNCLNERNFKNGANICNIUNLDNORNPLNRUNZLOMNPAKPANPCNPERPHLPLWPNGPOL"
    "PRIPRKPRTPRYPSEPYFQATREUROURUSRWASAUSDNSENSGPSGSSHNSJMSLBSLESLVSMRSOMSPMSRBSSDSTPSURSVKSVNSWESWZSXMSYCSYRTCA"
    "TCDTGOTHATJKTKLTKMTLSTONTTOTUNTURTUVTWNTZAUGAUKRUMIURYUSAUZBVATVCTVENVGBVIRVNMVUTWLFWSMYEMZAFZMBZWE";

const std::string_view kCountryNumbers =
    "004008010012016020024028031032036040044048050051052056060064068070072074076084086090092096100104108112116120"
    "124132136140144148152156158162166170174175178180184188191192196203204208212214218222226231232233234238239242"
    "246248250254258260262266268270275276288292296300304308312316320324328332334336340344348352356360364368372376"
    "380384388392398400404408410414417418422426428430434438440442446450454458462466470474478480484492496498499500"
    "504508512516520524528531533534535540548554558562566570574578580581583584585586591598600604608612616620624626"
    "630634638642643646652654659660662663666670674678682686688690694702703704705706710716724728729732740744748752"
    "756760762764768772776780784788792795796798800804807818826831832833834840850854858860862876882887894";

const std::string_view kCurrencies =
    "AEDAFNALLAMDANGAOAARSAUDAWGAZNBAMBBDBDTBGNBHDBIFBMDBNDBOBBOVBRLBSDBTNBWPBYNBZDCADCDFCHECHFCHWCLFCLPCNYCOPCOU"
    "CRCCUCCUPCVECZKDJFDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGGPGHSGIPGMDGNFGTQGYDHKDHNLHRKHTGHUFIDRILSIMPINRIQDIRRISK"
    "JEPJMDJODJPYKESKGSKHRKMFKPWKRWKWDKYDKZTLAKLBPLKRLRDLSLLYDMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXNMXVMYRMZNNADNGN"
    "NIONOKNPRNZDOMRPABPENPGKPHPPKRPLNPYGQARRONRSDRUBRWFSARSBDSCRSDGSEKSGDSHPSLESLLSOSSRDSSPSTNSVCSYPSZLTHBTJSTMT"
    "TNDTOPTRYTTDTVDTWDTZSUAHUGXUSDUSNUYIUYUUYWUZSVEDVEFVESVNDVUVWSTXADXAFXAGXAUXBAXBBXBCXBDXCDXCGXDRXOFXPDXPFXPT"
    "XSUXTSXUAXXXYERZARZMWZWGZWL";

const std::string_view kTimeZones =
    " Africa/Abidjan Africa/Accra Africa/Addis_Ababa Africa/Algiers Africa/Asmara Africa/Asmera Africa/Bamako Afr"
    "ica/Bangui Africa/Banjul Africa/Bissau Africa/Blantyre Africa/Brazzaville Africa/Bujumbura Africa/Cairo Afri"
    "ca/Casablanca Africa/Ceuta Africa/Conakry Africa/Dakar Africa/Dar_es_Salaam Africa/Djibouti Africa/Douala Af"
    "rica/El_Aaiun Africa/Freetown Africa/Gaborone Africa/Harare Africa/Johannesburg Africa/Juba Africa/Kampala A"
    "frica/Khartoum Africa/Kigali Africa/Kinshasa Africa/Lagos Africa/Libreville Africa/Lome Africa/Luanda Africa"
    "/Lubumbashi Africa/Lusaka Africa/Malabo Africa/Maputo Africa/Maseru Africa/Mbabane Africa/Mogadishu Africa/M"
    "onrovia Africa/Nairobi Africa/Ndjamena Africa/Niamey Africa/Nouakchott Africa/Ouagadougou Africa/Porto-Novo "
    "Africa/Sao_Tome Africa/Timbuktu Africa/Tripoli Africa/Tunis Africa/Windhoek America/Adak America/Anchorage A"
    "merica/Anguilla America/Antigua America/Araguaina America/Argentina/Buenos_Aires America/Argentina/Catamarca"
    " America/Argentina/ComodRivadavia America/Argentina/Cordoba America/Argentina/Jujuy America/Argentina/La_Rio"
    "ja America/Argentina/Mendoza America/Argentina/Rio_Gallegos America/Argentina/Salta America/Argentina/San_Ju"
    "an America/Argentina/San_Luis America/Argentina/Tucuman America/Argentina/Ushuaia America/Aruba America/Asun"
    "cion America/Atikokan America/Atka America/Bahia America/Bahia_Banderas America/Barbados America/Belem Ameri"
    "ca/Belize America/Blanc-Sablon America/Boa_Vista America/Bogota America/Boise America/Buenos_Aires America/C"
    "ambridge_Bay America/Campo_Grande America/Cancun America/Caracas America/Catamarca America/Cayenne America/C"
    "ayman America/Chicago America/Chihuahua America/Ciudad_Juarez America/Coral_Harbour America/Cordoba America/"
    "Costa_Rica America/Coyhaique America/Creston America/Cuiaba America/Curacao America/Danmarkshavn America/Daw"
    "son America/Dawson_Creek America/Denver America/Detroit America/Dominica America/Edmonton America/Eirunepe A"
    "merica/El_Salvador America/Ensenada America/Fort_Nelson America/Fort_Wayne America/Fortaleza America/Glace_B"
    "ay America/Godthab America/Goose_Bay America/Grand_Turk America/Grenada America/Guadeloupe America/Guatemala"
    " America/Guayaquil America/Guyana America/Halifax America/Havana America/Hermosillo America/Indiana/Indianap"
    "olis America/Indiana/Knox America/Indiana/Marengo America/Indiana/Petersburg America/Indiana/Tell_City Ameri"
    "ca/Indiana/Vevay America/Indiana/Vincennes America/Indiana/Winamac America/Indianapolis America/Inuvik Ameri"
    "ca/Iqaluit America/Jamaica America/Jujuy America/Juneau America/Kentucky/Louisville America/Kentucky/Montice"
    "llo America/Knox_IN America/Kralendijk America/La_Paz America/Lima America/Los_Angeles America/Louisville Am"
    "erica/Lower_Princes America/Maceio America/Managua America/Manaus America/Marigot America/Martinique America"
    "/Matamoros America/Mazatlan America/Mendoza America/Menominee America/Merida America/Metlakatla America/Mexi"
    "co_City America/Miquelon America/Moncton America/Monterrey America/Montevideo America/Montreal America/Monts"
    "errat America/Nassau America/New_York America/Nipigon America/Nome America/Noronha America/North_Dakota/Beul"
    "ah America/North_Dakota/Center America/North_Dakota/New_Salem America/Nuuk America/Ojinaga America/Panama Am"
    "erica/Pangnirtung America/Paramaribo America/Phoenix America/Port-au-Prince America/Port_of_Spain America/Po"
    "rto_Acre America/Porto_Velho America/Puerto_Rico America/Punta_Arenas America/Rainy_River America/Rankin_Inl"
    "et America/Recife America/Regina America/Resolute America/Rio_Branco America/Rosario America/Santa_Isabel Am"
    "erica/Santarem America/Santiago America/Santo_Domingo America/Sao_Paulo America/Scoresbysund America/Shiproc"
    "k America/Sitka America/St_Barthelemy America/St_Johns America/St_Kitts America/St_Lucia America/St_Thomas A"
    "merica/St_Vincent America/Swift_Current America/Tegucigalpa America/Thule America/Thunder_Bay America/Tijuan"
    "a America/Toronto America/Tortola America/Vancouver America/Virgin America/Whitehorse America/Winnipeg Ameri"
    "ca/Yakutat America/Yellowknife Antarctica/Casey Antarctica/Davis Antarctica/DumontDUrville Antarctica/Macqua"
    "rie Antarctica/Mawson Antarctica/McMurdo Antarctica/Palmer Antarctica/Rothera Antarctica/South_Pole Antarcti"
    "ca/Syowa Antarctica/Troll Antarctica/Vostok Arctic/Longyearbyen Asia/Aden Asia/Almaty Asia/Amman Asia/Anadyr"
    " Asia/Aqtau Asia/Aqtobe Asia/Ashgabat Asia/Ashkhabad Asia/Atyrau Asia/Baghdad Asia/Bahrain Asia/Baku Asia/Ba"
    "ngkok Asia/Barnaul Asia/Beirut Asia/Bishkek Asia/Brunei Asia/Calcutta Asia/Chita Asia/Choibalsan Asia/Chongq"
    "ing Asia/Chungking Asia/Colombo Asia/Dacca Asia/Damascus Asia/Dhaka Asia/Dili Asia/Dubai Asia/Dushanbe Asia/"
    "Famagusta Asia/Gaza Asia/Harbin Asia/Hebron Asia/Ho_Chi_Minh Asia/Hong_Kong Asia/Hovd Asia/Irkutsk Asia/Ista"
    "nbul Asia/Jakarta Asia/Jayapura Asia/Jerusalem Asia/Kabul Asia/Kamchatka Asia/Karachi Asia/Kashgar Asia/Kath"
    "mandu Asia/Katmandu Asia/Khandyga Asia/Kolkata Asia/Krasnoyarsk Asia/Kuala_Lumpur Asia/Kuching Asia/Kuwait A"
    "sia/Macao Asia/Macau Asia/Magadan Asia/Makassar Asia/Manila Asia/Muscat Asia/Nicosia Asia/Novokuznetsk Asia/"
    "Novosibirsk Asia/Omsk Asia/Oral Asia/Phnom_Penh Asia/Pontianak Asia/Pyongyang Asia/Qatar Asia/Qostanay Asia/"
    "Qyzylorda Asia/Rangoon Asia/Riyadh Asia/Saigon Asia/Sakhalin Asia/Samarkand Asia/Seoul Asia/Shanghai Asia/Si"
    "ngapore Asia/Srednekolymsk Asia/Taipei Asia/Tashkent Asia/Tbilisi Asia/Tehran Asia/Tel_Aviv Asia/Thimbu Asia"
    "/Thimphu Asia/Tokyo Asia/Tomsk Asia/Ujung_Pandang Asia/Ulaanbaatar Asia/Ulan_Bator Asia/Urumqi Asia/Ust-Nera"
    " Asia/Vientiane Asia/Vladivostok Asia/Yakutsk Asia/Yangon Asia/Yekaterinburg Asia/Yerevan Atlantic/Azores At"
    "lantic/Bermuda Atlantic/Canary Atlantic/Cape_Verde Atlantic/Faeroe Atlantic/Faroe Atlantic/Jan_Mayen Atlanti"
    "c/Madeira Atlantic/Reykjavik Atlantic/South_Georgia Atlantic/St_Helena Atlantic/Stanley Australia/ACT Austra"
    "lia/Adelaide Australia/Brisbane Australia/Broken_Hill Australia/Canberra Australia/Currie Australia/Darwin A"
    "ustralia/Eucla Australia/Hobart Australia/LHI Australia/Lindeman Australia/Lord_Howe Australia/Melbourne Aus"
    "tralia/NSW Australia/North Australia/Perth Australia/Queensland Australia/South Australia/Sydney Australia/T"
    "asmania Australia/Victoria Australia/West Australia/Yancowinna Brazil/Acre Brazil/DeNoronha Brazil/East Braz"
    "il/West CET CST6CDT Canada/Atlantic Canada/Central Canada/Eastern Canada/Mountain Canada/Newfoundland Canada"
    "/Pacific Canada/Saskatchewan Canada/Yukon Chile/Continental Chile/EasterIsland Cuba EET EST EST5EDT Egypt Ei"
    "re Etc/GMT Etc/GMT+0 Etc/GMT+1 Etc/GMT+10 Etc/GMT+11 Etc/GMT+12 Etc/GMT+2 Etc/GMT+3 Etc/GMT+4 Etc/GMT+5 Etc/"
    "GMT+6 Etc/GMT+7 Etc/GMT+8 Etc/GMT+9 Etc/GMT-0 Etc/GMT-1 Etc/GMT-10 Etc/GMT-11 Etc/GMT-12 Etc/GMT-13 Etc/GMT-"
    "14 Etc/GMT-2 Etc/GMT-3 Etc/GMT-4 Etc/GMT-5 Etc/GMT-6 Etc/GMT-7 Etc/GMT-8 Etc/GMT-9 Etc/GMT0 Etc/Greenwich Et"
    "c/UCT Etc/UTC Etc/Universal Etc/Zulu Europe/Amsterdam Europe/Andorra Europe/Astrakhan Europe/Athens Europe/B"
    "elfast Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Bucharest Europe/Budapest Euro"
    "pe/Busingen Europe/Chisinau Europe/Copenhagen Europe/Dublin Europe/Gibraltar Europe/Guernsey Europe/Helsinki"
    " Europe/Isle_of_Man Europe/Istanbul Europe/Jersey Europe/Kaliningrad Europe/Kiev Europe/Kirov Europe/Kyiv Eu"
    "rope/Lisbon Europe/Ljubljana Europe/London Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Mariehamn Eur"
    "ope/Minsk Europe/Monaco Europe/Moscow Europe/Nicosia Europe/Oslo Europe/Paris Europe/Podgorica Europe/Prague"
    " Europe/Riga Europe/Rome Europe/Samara Europe/San_Marino Europe/Sarajevo Europe/Saratov Europe/Simferopol Eu"
    "rope/Skopje Europe/Sofia Europe/Stockholm Europe/Tallinn Europe/Tirane Europe/Tiraspol Europe/Ulyanovsk Euro"
    "pe/Uzhgorod Europe/Vaduz Europe/Vatican Europe/Vienna Europe/Vilnius Europe/Volgograd Europe/Warsaw Europe/Z"
    "agreb Europe/Zaporozhye Europe/Zurich Factory GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland"
    " Indian/Antananarivo Indian/Chagos Indian/Christmas Indian/Cocos Indian/Comoro Indian/Kerguelen Indian/Mahe "
    "Indian/Maldives Indian/Mauritius Indian/Mayotte Indian/Reunion Iran Israel Jamaica Japan Kwajalein Libya MET"
    " MST MST7MDT Mexico/BajaNorte Mexico/BajaSur Mexico/General NZ NZ-CHAT Navajo PRC PST8PDT Pacific/Apia Pacif"
    "ic/Auckland Pacific/Bougainville Pacific/Chatham Pacific/Chuuk Pacific/Easter Pacific/Efate Pacific/Enderbur"
    "y Pacific/Fakaofo Pacific/Fiji Pacific/Funafuti Pacific/Galapagos Pacific/Gambier Pacific/Guadalcanal Pacifi"
    "c/Guam Pacific/Honolulu Pacific/Johnston Pacific/Kanton Pacific/Kiritimati Pacific/Kosrae Pacific/Kwajalein "
    "Pacific/Majuro Pacific/Marquesas Pacific/Midway Pacific/Nauru Pacific/Niue Pacific/Norfolk Pacific/Noumea Pa"
    "cific/Pago_Pago Pacific/Palau Pacific/Pitcairn Pacific/Pohnpei Pacific/Ponape Pacific/Port_Moresby Pacific/R"
    "arotonga Pacific/Saipan Pacific/Samoa Pacific/Tahiti Pacific/Tarawa Pacific/Tongatapu Pacific/Truk Pacific/W"
    "ake Pacific/Wallis Pacific/Yap Poland Portugal ROC ROK Singapore Turkey UCT US/Alaska US/Aleutian US/Arizona"
    " US/Central US/East-Indiana US/Eastern US/Hawaii US/Indiana-Starke US/Michigan US/Mountain US/Pacific US/Sam"
    "oa UTC Universal W-SU WET Zulu ";

}  // namespace causeway::validation
// clang-format on
