package reply

import "github.com/wxdev/wxdev/internal/lazy"

// Chinese in UTF-8 that is read as GBK turns into characters that hardly
// anybody writes: 你好 into 浣犲ソ. Three bytes of UTF-8 begin with E2 to E9, or
// EF, and go on with 80 to BF. These are the characters of GBK that such a
// beginning with the byte after it makes, and those that the last byte of one
// and the first of the next make.
const (
	gbkBegins = "" +
		"鈥鈦鈧鈨鈩鈪鈫鈬鈭鈮鈯鈰鈱鈲鈳鈴鈵鈶鈷鈸鈹鈺鈻鈼鈽鈾鈿鉀鉁鉂鉃鉄鉅狻猗猓猡猊猞猝猕猢猹猥猬猸猱獐獍獗獠獬獯獾舛夥飧夤夂饣" +
		"饧饨饩饪銆銇銈銉銊銋銌銍銏銐銑銒銓銔銕銖銗銘銙銚銛銜銝銞銟銠銡銢銣銤銥銦銧恪恽悖悚悭悝悃悒悌悛惬悻悱惝惘惆惚悴愠愦愕愣惴" +
		"愀愎愫慊慵憬憔憧鋩鋪鋫鋬鋭鋮鋯鋰鋱鋲鋳鋴鋵鋶鋷鋸鋹鋺鋻鋼鋽鋾鋿錀錁錂錃錄錅錆錇錈錉洹洧洌浃浈洇洄洙洎洫浍洮洵洚浏浒浔洳涑" +
		"浯涞涠浞涓涔浜浠浼浣渚淇鍊鍋鍌鍍鍎鍏鍐鍑鍒鍓鍔鍕鍖鍗鍘鍙鍚鍛鍜鍝鍞鍟鍠鍡鍢鍣鍤鍥鍦鍧鍨鍩鍫濉澧澹澶濂濡濮濞濠濯瀚瀣瀛瀹瀵" +
		"灏灞宀宄宕宓宥宸甯骞搴寤寮褰寰蹇鎬鎭鎮鎯鎰鎱鎲鎳鎴鎵鎶鎷鎸鎹鎺鎻鎼鎽鎾鎿鏀鏁鏂鏃鏄鏅鏆鏇鏈鏉鏋鏌鏍妗姊妫妞妤姒妲妯姗妾娅" +
		"娆姝娈姣姘姹娌娉娲娴娑娣娓婀婧婊婕娼婢婵鐎鐏鐐鐑鐒鐓鐔鐕鐖鐗鐘鐙鐚鐛鐜鐝鐞鐟鐠鐡鐢鐣鐤鐥鐦鐧鐨鐩鐪鐫鐬鐭鐮纭纰纾绀绁绂绉" +
		"绋绌绐绔绗绛绠绡绨绫绮绯绱绲缍绶绺绻绾缁缂缃缇缈鑰鑱鑲鑳鑴鑵鑶鑷鑸鑹鑺鑻鑼鑽鑾鑿钀钁钂钃钄钑钖钘铇铏铓铔铚铦铻锜锠琛琚瑁" +
		"瑜瑗瑕瑙瑷瑭瑾璜璎璀璁璇璋璞璨璩璐璧瓒璺韪韫韬杌杓杞杈杩閫閬閭閮閯閰閱閲閳閴閵閶閷閸閹閺閻閼閽閾閿闀闁闂闃闄闅闆闇闈闉闊" +
		"闋椤棰椋椁楗棣椐楱椹楠楂楝榄楫榀榘楸椴槌榇榈槎榉楦楣楹榛榧榻榫榭飥飦飩飪飫飬飭飮飯飰飱飲飳飴飵飶飷飸飹飺飻飼飽飾飿餀餁餂" +
		"餃餄餅餆餇铩铫铮铯铳铴铵铷铹铼铽铿锃锂锆锇锉锊锍锎锏锒锓锔锕锖锘锛锝锞锟"
	gbkMeets = "" +
		"佲併佷佸佹佺佽侀侊傗傘備傚傛傜傝傞傦冣冦冧冨冩冪冭冮冿勨勩勪勫勬勭勮勯勶呪呫呬呭呮呯呰呴咃嗏嗐嗕嗗嗘嗙嗚嗛嗭団囥囦囧囨囩" +
		"囪囬囷堚堛堜堝堟堢堣堥堬夆夈変夊夋夌夎夐夛娾娿婁婂婃婄婅婇婏嬧嬨嬩嬪嬫嬬嬭嬮嬶屸屻屼屽屾岀岃岄岋嶁嶃嶄嶅嶆嶇嶈嶉嶏庘庛庝" +
		"庡庢庣庤庨庯忊忋忎忓忔忕忚忛忥愨愩愪愬愭愮愯愰愶戔戙戜戝戞戠戣戦戯掆掋掍掑掓掔掕掗掞撯撱撲撳撴撶撹撻擄斺斻斾斿旀旂旇旈旓" +
		"曗曘曚曞曟曠曡曢曪栤栥栦栧栨栫栬栭栵椻椼椾楀楁楃楄楅楋樷樸樹樺樻樼樿橀橈欌欍欎欏欐欑欒欓欙氣氥氫氬氭氱氳氶氾涒涖涗涘涙涚" +
		"涜涢涳溾溿滀滃滄滅滆滈滐濃濄濅濆濇濈濊濋濓炩炪炰炲炴炵炶為烇熲熴熶熷熸熺熻熼燂犫犮犱犲犳犵犺犻狅♀°′″℃＄¤￠★⑩㈠㈡" +
		"㈢㈣㈤ｂｃｄｅｆｇｈｉｏもゃやゅゆょよらわモャヤュユョヨラワ︹︺︿﹀︽︾﹁﹂︼рстуфхцчэㄢㄣㄤㄥㄦㄧㄨㄩ┾┿╀╁" +
		"╂╃╄╅╋扳般颁板版扮拌伴帮扁便变卞辨辩辫遍憋测层蹭插叉茬茶查诧斥炽充冲虫崇宠抽筹粹淬翠村存寸磋撮达碘点典靛垫电佃甸碉垛" +
		"躲朵跺舵剁惰堕讹封枫蜂峰锋风疯烽凤糕搞镐稿告哥歌搁革光广逛瑰规圭硅归癸衡恒轰哄烘虹鸿洪猴烩汇讳诲绘荤昏婚伙尖笺间煎兼肩艰" +
		"奸硷解姐戒藉芥界借介斤锯俱句惧炬剧捐鹃撅库裤夸垮挎跨胯块匡"
)

// gbk are those characters, for looking up.
var gbk = lazy.Value[*struct{ begins, meets runeSet }]{Make: func() *struct{ begins, meets runeSet } {
	var sets struct{ begins, meets runeSet }
	sets.begins.add(gbkBegins)
	sets.meets.add(gbkMeets)
	return &sets
}}

// runeSet is a set of characters of 16 bits.
type runeSet [1 << 16 / 64]uint64

func (s *runeSet) add(text string) {
	for _, r := range text {
		s[r/64] |= 1 << (r % 64)
	}
}

func (s *runeSet) has(r rune) bool { return r < 1<<16 && s[r/64]&(1<<(r%64)) != 0 }
