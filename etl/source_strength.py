"""What kind of document an address leads to, whose it is, and how strong it is.

The kind follows from who publishes at the address, never from who cites it. The printed rule of strength, used wherever
documents disagree: primary (the organisation's own words, files and filings, papers, the state, and who measures a
test for its own scores) before named reporting, before analysis, before what gathers or translates others by machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import urlparse

import pyarrow as pya
import pyarrow.compute as pc

#: From the strongest to the weakest.
STRENGTHS = ("primary", "reporting", "analysis", "aggregator")
RANK = {word: place for place, word in enumerate(STRENGTHS)}
#: A label is weak where nothing stronger than these speaks for it.
WEAK = ("analysis", "aggregator")
RULE = (
    "A primary document is the organisation's own words, files or filings, a paper, or the state. Then comes named "
    "reporting, then analysis, then what gathers or translates the texts of others. Of two of one strength the newer counts."
)
CONFIDENCE_RULE = (
    "High needs a primary document or two publishers of named reporting; medium one named report or two publishers of "
    "analysis; anything less is low, or reported where one source alone says so."
)


def _sites(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Companies and the places where they publish.
_OWN = {
    "01ai": ("github.com/01-ai huggingface.co/01-ai lingyiwanwu.com"),
    "360": ("github.com/qihoo360"),
    "agibot": ("github.com/opendrivelab"),
    "alibaba": (
        "alibabacloud.com alizila.com data.alibabagroup.com "
        "github.com/agentscope-ai github.com/alibaba github.com/alibaba-nlp github.com/modelscope "
        "github.com/qwenlm github.com/wan-video huggingface.co/qwen huggingface.co/wan-ai "
        "modelstudio.console.alibabacloud.com "
        "qianwen-res.oss-cn-beijing.aliyuncs.com qianwenai.com qwen.ai qwenlm.github.io"
    ),
    "ant": (
        "antgroup.com github.com/inclusionai github.com/intelligent-machine-learning "
        "huggingface.co/inclusionai"
    ),
    "anthropic": ("anthropic.com docs.anthropic.com platform.claude.com www-cdn.anthropic.com"),
    "baai": (
        "emu.world github.com/baaivision github.com/flagai-open github.com/flagopen huggingface.co/baai"
    ),
    "baichuan": ("github.com/baichuan-inc huggingface.co/baichuan-inc"),
    "baidu": ("github.com/paddlepaddle ir.baidu.com research.baidu.com yiyan.baidu.com"),
    "bilibili": ("github.com/bilibili github.com/index-tts"),
    "bytedance": (
        "developer.volcengine.com docs.byteplus.com github.com/bytedance "
        "github.com/bytedance-seed github.com/coze-dev github.com/foundationvision "
        "github.com/kubewharf github.com/volcengine lf3-static.bytednsdoc.com seed.bytedance.com team.doubao.com "
        "volcengine.com"
    ),
    "cambricon": ("github.com/cambricon"),
    "chinamobile": ("chinamobileltd.com"),
    "chinaunicom": ("github.com/unicomai"),
    "deepseek": ("api-docs.deepseek.com deepseek.com github.com/deepseek-ai huggingface.co/deepseek-ai"),
    "google": (
        "ai.google.dev blog.google developers.googleblog.com docs.cloud.google.com github.com/google-deepmind"
    ),
    "huawei": ("github.com/198808xc github.com/ascend github.com/mindspore-ai huawei.eu huaweicloud.com"),
    "ieit": (
        "en.inspur.com github.com/ieit-yuan github.com/yuan-lab-llm huggingface.co/ieityuan huggingface.co/yuanlabai"
    ),
    "iflytek": ("iflytek.com"),
    "jd": (
        "github.com/echo-team-joy-future-academy-jd github.com/jd-opensource "
        "huggingface.co/jdopensource jdcorporateblog.com"
    ),
    "kuaishou": (
        "github.com/kwai github.com/kwai-keye github.com/kwai-kolors "
        "huggingface.co/kwai-keye huggingface.co/kwai-kolors ir.kuaishou.com streamlake.ai"
    ),
    "kunlun": ("github.com/skyworkai"),
    "meituan": ("github.com/meituan-longcat longcat.chat"),
    "meta": ("github.com/meta-llama huggingface.co/meta-models research.meta.ai"),
    "minimax": (
        "github.com/minimax-ai huggingface.co/minimaxai minimax.io "
        "minimaxi.com platform.minimax.io platform.minimaxi.com"
    ),
    "mistral": ("docs.mistral.ai huggingface.co/mistralai mistral.ai"),
    "modelbest": ("github.com/openbmb"),
    "moonshot": (
        "github.com/kvcache-ai github.com/moonshotai huggingface.co/moonshotai kimi.ai kimi.com "
        "moonshotai.github.io platform.kimi.ai platform.kimi.com platform.moonshot.ai"
    ),
    "moorethreads": ("github.com/moorethreads"),
    "netease": ("github.com/netease-fuxi github.com/netease-youdao ir.netease.com"),
    "openai": ("developers.openai.com github.com/openai openai.com"),
    "sensetime": ("sensetime.com"),
    "shailab": ("github.com/internlm github.com/open-compass github.com/opengvlab"),
    "stepfun": (
        "github.com/stepfun-ai huggingface.co/stepfun-ai platform.stepfun.ai static.stepfun.com stepfun.com"
    ),
    "teleai": ("github.com/tele-ai huggingface.co/tele-ai"),
    "tencent": (
        "cloud.tencent.com github.com/angel-ml github.com/tencent "
        "github.com/tencent-hunyuan huggingface.co/tencent huggingface.co/tencent-hunyuan "
        "hy.tencent.com tencent.com tencent.github.io tencentcloud.com"
    ),
    "unisound": ("ai.unisound.com"),
    "unitree": ("github.com/unitreerobotics"),
    "vivo": ("github.com/vivo-ai-lab huggingface.co/vivo-ai"),
    "xai": ("docs.x.ai media.x.ai x.ai"),
    "xiaohongshu": ("github.com/rednote-hilab"),
    "xiaomi": ("github.com/xiaomi github.com/xiaomimimo huggingface.co/xiaomimimo mimo.xiaomi.com"),
    "zhipu": (
        "bigmodel.cn docs.z.ai github.com/thudm github.com/zai-org huggingface.co/zai-org z.ai zhipuai.cn"
    ),
}
COMPANY_OF = {site: company for company, sites in _OWN.items() for site in sites.split()}
#: Documents of a company on the pages of others: what else stands there is not its own. The start of the address.
_CARRIED = {
    "apextraderfunding.com/news/2024/08/15/jd-com-announces": "jd",
    "archive.fast-edgar.com/20260520/AN2L462EZW2RNZZ2222N2ZYO4RTFZZ22D282/": "alibaba",
    "blog.csdn.net/kuaishoutech/": "kuaishou",
    "cnblogs.com/vivotech/": "vivo",
    "docslib.org/doc/11515795/": "kuaishou",
    "docslib.org/doc/2692415/": "kuaishou",
    "finanznachrichten.de/nachrichten-2025-03/64748055-china-telecom": "chinatelecom",
    "fxbaogao.com/detail/4910747": "unisound",
    "gist.github.com/Benehiko/44b18b21ccaf5aff96bc7af47cfeb3c1": "tencent",
    "git.xinac.net/github/InternLM": "shailab",
    "ir-upload.realxen.net/iis/0100/": "minimax",
    "marketnewsdesk.com/index.php/jd-com-announces": "jd",
    "markets.ft.com/data/announce/detail?dockey=600-202605130530BIZWIRE": "alibaba",
    "markets.ft.com/data/announce/full?dockey=600-202602260400PR_NEWS": "baidu",
    "menafn.com/1108588454/": "netease",
    "otp.investis.com/clients/us/alibaba/": "alibaba",
    "pdfslide.us/documents/form-20-f-securities-and-exchange-commission-united-": "liauto",
    "stock.stockstar.com/notice/SN2024032600031093": "chinatelecom",
    "stocktitan.net/news/BIDU/baidu-announces": "baidu",
    "us.kabutan.jp/disclosures/0001193125-25-061847": "bilibili",
    "vuink.com/post/nvpbqvatgbbyf-d-doybt/": "manus",
}
#: The state, filings, papers and releases that are not of one company here.
RECORDS = _sites(
    """
    arxiv.org cac.gov.cn cisa.gov english.beijing.gov.cn github.com/pytorch github.com/tensorflow hkexnews.hk
    huggingface.co/collections nature.com prnewswire.com
    """
)
#: Who runs a test, or publishes a statistic: primary for their own numbers.
MEASURES = _sites(
    """
    aider.chat arcprize.org artificialanalysis.ai epoch.ai fred.stlouisfed.org github.com/lmarena
    github.com/stanford-crfm htihle.github.io huggingface.co/datasets labs.scale.com livebench.ai
    rank.opencompass.org.cn scale.com superclueai.com swebench.com tbench.ai
    """
)
#: Lists gathered from others, and resellers.
LISTS = _sites(
    """
    ai.azure.com cursor.com docs.laozhang.ai docs.venice.ai github.com/anomalyco github.com/berriai
    github.com/datasets github.com/fboulnois github.com/interconnects-ai github.com/jakemanger github.com/lobehub github.com/maas-cjy
    github.com/non-existent987 github.com/openmodelsrun github.com/paraplouis
    github.com/pingpig github.com/pydantic github.com/wakamex github.com/wgwang github.com/xorbitsai
    github.com/vercel huggingface.co/api lmcouncil.ai muapi.ai ollama.com openrouter.ai runware.ai vast.ai vercel.com
    """
)
#: Named newsrooms, and pages that reprint them under their name.
REPORTING = _sites(
    """
    163.com 36kr.com 51haodu.com 881903.com aastocks.com advancedainews.com agenzianova.com aicoin.com
    aigc.cn albanyherald.com allweatherfinance.com androidcentral.com androidtelecom.com article.woter.ai
    arynews.tv asia.nikkei.com asia9618.nidbox.com asiaict.com autonews.gasgoo.com axios.com
    bastillepost.com bbtnews.com.cn benzinga.com bloomberg.com bqprime.com businesstimes.com.sg
    businesstoday.in c.m.163.com c114.net.cn ca.finance.yahoo.com caixin.com caixinglobal.com
    carsdailynews.com cdrinfo.com channelnewsasia.com chinadaily.com.cn chinadailyasia.com
    chinamoneynetwork.com chinaz.com chip.pl ciol.com cityam.com clubic.com cnbc.com coincarrots.com
    companies.caixin.com computerweekly.com cww.net.cn d33gy59ovltp76.cloudfront.net daily8.com
    dailysabah.com datacenterdynamics.com dataconomy.com datanews.knack.be de.marketscreener.com
    dealstreetasia.com deeplearning.ai demorgen.be devclass.com donews.com dvbcn.com elecfans.com
    en.jiemian.com en.tmtpost.com engadget.com enterprise.yesky.com etnet.com.hk eu.36kr.com
    ex.chinadaily.com.cn fashionunited.uk fastly.tipranks.com feeds2.benzinga.com finance.eastmoney.com
    financialexpress.com finznest.com focue.com frominsideasia.com ftp.kr-asia.com gizmochina.com
    globalautoinsight.com globaltimes.cn gmteight.com gonglubian.com hardwareluxx.de heise.de hk01.com
    iaiol.com infoq.cn infotechlead.com itbear.com.cn ithome.com itiger.com jjckb.xinhuanet.com jqman.com
    koreajoongangdaily.joins.com kr-asia.com leiphone.com livemint.com longbridge.com longportapp.com
    m.elecfans.com m.jiemian.com m.x-techcon.com malaymail.com media365.in mobileworldlive.com mxjcsc.cn
    nasdaq.com nationpress.com nationthailand.com nbdpress.com neowin.net new.laoyaoba.com news.az
    news.cgtn.com news.futunn.com news.livedoor.com news.mingpao.com news.qq.com newsbytesapp.com
    nextfin.ai nextshark.com odaily.news pandaily.com peoplesdaily.pdnews.cn pymnts.com qbitai.com qntz.me
    rcrwireless.com reuters.com rte.ie satnews.com scmp.com semafor.com senqingzn.com sherwood.news
    shine.cn siliconangle.com slashgear.com sohu.com spectrum.ieee.org static.oschina.net szdaily.com
    tech.ifeng.com tech360.tv techarp.com techchannel.news techcrunch.com techeconomy.ng techedt.com
    technode.com techregister.co.uk techtimes.com test.daily8.com the-decoder.com theexchangeasia.com
    thepaper.cn theregister.com thestar.com.my thetimes.co.uk theverge.com thewirechina.com
    tianjindaily.com.cn time-weekly.com time.geekbang.org tmtpost.com tomshardware.com ttm.financial
    ttmnote.com udn.com variety.com vcbeathealth.com venturebeat.com w.media wallstreetcn.com
    wap.stockstar.com web-origin.lbkrs.com webjosh.com wehefei.com wftv.com wionews.com
    worldofsoftware.org www2.hkej.com ycpai.ycwb.com yicai.com yicaiglobal.com yuhaojiang.com yxiu.cn
    zdnet.com zhidx.com ziniounlimited.com znews.vn
    """
)
#: News pages that gather or translate, without a newsroom of their own.
REPRINTS = _sites(
    """
    66260.cn 91haoming.cn a2znews.uk aitntnews.com aixiangfu.com am1.news app.myzaker.com aseans.com
    asianewschannels.com bdsimu.com beta.readhub.cn bkzisnm.cn blog.wongcw.com bnwz.net
    breakinglatest.news bs178.com chaincatcher.com cnu.com.cn coindest.com ddlzi.cn digipub.cc dtm.com.cn
    en.wedoany.com factsnippet.com fanzhan.com.cn foundernews.eu fun99.cn gmt8press.com hbyanyusl.cn
    hehuxinxi.cn hi-network.com hk.outputnews.com informat.ro instapundit.com isolves.com jingbeiseo.com
    jingyanla.com jur.com.cn kknews.xyz langejiahua.com likiy.net lv3gsy.baiyoujia.cn m.a2zlimos4u.com
    m.czci.cn m.digipub.cc m.mws.com.cn m.mzbk.net m.wenke99.com m.yydec.com managershare.com
    marketdash.io mjgaz.cn mmssai.com myzaker.com newbe.com.cn news.43b.com.cn news.abolish.capital
    news.han.ihouse.idv.tw newsbuck.com newsflash.city ourchinastory.com parissoir.fr pb110.com
    profnews.org pygbw.com simplyketofast.com singaporeoutlook.com smarti.news socialmediaasia.com
    softwareanalytic.com techtost.com telegra.ph thevergenews.pages.dev tianshuns.com tmeoo.com
    todocostas.com tousu.huashangw.com toutiaojinri.com ttav89.com tw.bg3.co twoeva.com usablaze.com
    wallstreetwaves.com washingtontimesnewstoday.com whychinese.co.za winbuzzer.com wiobs.com wxredian.com
    xbjpep.com xishuta.com xiuzhengliangxinyao.com xyk126.net ycddzzb.com yzsam.com zhhme.longyouquan.cn
    zihaocm.com zzmingde.com
    """
)
#: Analysts, reference works and essays.
ANALYSIS = _sites(
    """
    0lu.com.cn ai.xueqiu.com alpha-sense.com autofuture.tw centerconsulting.com chinacrunch.com
    chinadailybrief.com cnrobopedia.com companieshistory.com compasslist.com cyber-ivy.com dapingtime.com
    datacamp.com de.scribd.com decodenetwork.ai dev.to developer.aliyun.com dhirubhai.net
    docs.api.nvidia.com docs.nvidia.com docs.sglang.io dtstack.com elsewhere.news embodiedglobal.com
    equalocean.com etc.sevaustinov.me evchanye.com freshfromchina.com github.com/hw-whistleblower
    github.com/pfcclab github.com/volcano-sh haomeiwen.com hayo.com heumans.com htx.com
    huggingface.co/anhuiking huggingface.co/lovedheart ibm.com juejin.im kdnuggets.com marketbeat.com
    meltwater.com miexofficial.blogspot.com minichart.com.sg mp.weixin.qq.com openeuler.csdn.net
    oseiagyemang.com ourhkfoundation.org.hk peterfisk.com racetoagi.org researchinchina.com rivista.ai
    roberto-serra.com smmjournal.com stockanalysis.com stockopedia.com thakicloud.github.io
    thelowdown.momentum.asia theplugg.com therevision.co tradekaizen.in tradingkey.com trycollect.com
    uscnpm.org woshipm.com xie.infoq.cn zeniteq.com
    huggingface.co/blog simonwillison.net
    """
)
#: Digests, machine-written or machine-translated texts, wikis anybody may edit.
DIGESTS = _sites(
    """
    2048ai.net 53ai.com accesspath.com ai-navigate-news.com ai.valimart.net aibase.com aifun.cc aigc.bar
    aihot.virxact.com ainchina.com ainews.cool aitide.news aiwiki.ai aiwiselnk.com allmind.ai
    api.redplanx.com apidog.com auto.wikisort.org bestblogs.dev besthub.dev bitget.cloud brandlogos.net
    chatforest.com china-ai.news chinanews.ai chooseai.net cnaimhub.apifox.cn conceptmap.cfapps.io
    cryptobriefing.com db0nus869y26v.cloudfront.net dcfmodeling.com digitalphablet.com digitrendz.blog
    dignews.cc docs.apiyi.com downcodes.com dreaming.press en.wikipedia-on-ipfs.org en.wikipedia.org
    explainx.ai fazen.markets fenado.ai gate.com gatebox.best gateex.org gatenode.pro ginlix.ai
    github.com/1jehuang github.com/akiiwa-games github.com/ikaijua github.com/iyulab
    github.com/multidotdev github.com/orgs github.com/vladoivankovic gogoai.xin gubaposthk.eastmoney.com
    hessslslslsls.azureedge.net highsignal.app huggingface.co/adversallc huggingface.co/devshiva
    huggingface.co/drawthingsai hyper.ai ibmwl.com inhumain.pages.dev jishuzhan.net kejitop.com klingai.io
    kr.logomoney.com labindex.ai laitimes.com m.jxzklqfsx.com manus.life mexc.io mr010.com neican.ai
    computecurrent.com efinder.lk github.com/baroncyrus
    news.aibase.com newsar.codejungle.org newsmaga.com niaorui.com oxyf.top pinocchiopedia.com
    pixeldance.io profilpelajar.com rainsnews.com redcensor.com redlib.rbautista.net redplanx.com
    reportify.ai reportify.cn rigcal.com rightsta.com sco.wikipedia.org sentifin.ai sjyjct.com sns.style
    staging.reportify.cn synthszr.com techbytes.app ticklex.ai type0newsroom.com udit.co uncensoredhub.ai
    uuaa.net vercel.hyper.ai vibetrader.com vn.198990.xyz vpshk.cn wikimili.com wikova.com yuantrends.com
    """
)

_KINDS = (
    (RECORDS, "primary", "primary"),
    (MEASURES, "dataset", "primary"),
    (LISTS, "dataset", "aggregator"),
    (REPORTING, "press", "reporting"),
    (REPRINTS, "press", "aggregator"),
    (ANALYSIS, "analysis", "analysis"),
    (DIGESTS, "analysis", "aggregator"),
)
_PLACES = {site: (kind, strength) for sites, kind, strength in _KINDS for site in sites}
_PLACES |= dict.fromkeys(COMPANY_OF, ("primary", "primary"))
_CODE_HOSTS = {
    "github.com": "github.com",
    "gist.github.com": "github.com",
    "raw.githubusercontent.com": "github.com",
}
_COPY = re.compile(r"^https?://web\.archive\.org/web/[^/]+/")


#: Host and first part of the path of most addresses: the same as `urlparse` gives, at a tenth of its cost.
_PLAIN = re.compile(
    r"https?://([A-Za-z0-9.-]+)(?:/+([A-Za-z0-9._~-]*)(?:/[A-Za-z0-9._~/%=+-]*)?)?(?:[?#][!-~]*)?"
)


def _original(url: str) -> str:
    if "://http" not in url and "web.archive.org" not in url:
        return url
    return _COPY.sub("https://", url).replace("https://http", "http", 1)


def site(url: str) -> str:
    """Host of an address without www, with the account on GitHub and Hugging Face; of a copy, that of the original."""
    url = url if url.startswith("urn:") else _original(url)
    # What comes behind the first part of the path says nothing, and most addresses have that in common with others.
    parts = url.split("/", 4)
    return _site("/".join(parts[:4]) if len(parts) == 5 and parts[3] and not parts[1] else url)


@cache
def _site(url: str) -> str:
    if plain := _PLAIN.fullmatch(url):
        host, first = plain[1], plain[2] or ""
    else:
        parts = urlparse(url)
        host, first = parts.netloc, parts.path.strip("/").split("/")[0]
    host = host.removeprefix("www.").lower()
    host = _CODE_HOSTS.get(host, host)
    return f"{host}/{first.lower()}" if host in ("github.com", "huggingface.co") else host


_CARRIED_STARTS = tuple(_CARRIED)


def _carried(url: str) -> str | None:
    """Company whose document an address of another's site leads to."""
    plain = _original(url).partition("://")[2].removeprefix("www.")
    if not plain.startswith(_CARRIED_STARTS):
        return None
    return next((company for start, company in _CARRIED.items() if plain.startswith(start)), None)


@cache
def _place(url: str) -> tuple[tuple[str, str] | None, str | None]:
    """Kind and strength of the document at an address, and the company whose own it is."""
    at = site(url)
    if carried := _carried(url):
        return ("primary", "primary"), carried
    return _PLACES.get(at), COMPANY_OF.get(at)


#: An address up to the first part of its path, where more follows; and those of which that says not all.
_FRONT = r"^(?P<front>[^/]*//[^/]*/[^/]+)/"
_SAYS_MORE_BEHIND = rf"://http|web\.archive\.org|://(?:www\.)?(?:{'|'.join(map(re.escape, _CARRIED))})"


def places(urls: pya.StringArray) -> list[tuple[tuple[str, str] | None, str | None]]:
    """Of each of many addresses what `kind_and_strength` and `company_of` say, asked once for all of one place."""
    fronts = pc.struct_field(pc.extract_regex(urls, _FRONT), "front")
    fronts = pc.if_else(pc.match_substring_regex(urls, _SAYS_MORE_BEHIND), urls, pc.coalesce(fronts, urls))
    fronts = fronts.dictionary_encode()
    found = [_place(url) for url in fronts.dictionary.to_pylist()]
    return [found[n] for n in fronts.indices.to_pylist()]


def kind_and_strength(url: str) -> tuple[str, str] | None:
    """Kind of document and its strength; None for a place that is in no list above."""
    return _place(url)[0]


def company_of(url: str) -> str | None:
    """Company whose own document the address leads to."""
    return _place(url)[1]


_CARRIER = re.compile(r",? (?:reprint|on |copy on |digest by |quoted by ).*$")


@cache
def publisher_of(name: str) -> str:
    """Who wrote a document, without who reprints it: a reprint is no second publisher."""
    return _CARRIER.sub("", name)


def highest_confidence(documents: Iterable[tuple[str, str]]) -> str:
    """The most that documents, each its strength and publisher, can carry: CONFIDENCE_RULE as a function."""
    by_strength: dict[str, set[str]] = {}
    for strength, publisher in documents:
        by_strength.setdefault(strength, set()).add(publisher)
    reporting, analysis = (len(by_strength.get(s, ())) for s in ("reporting", "analysis"))
    if "primary" in by_strength or reporting >= 2:
        return "high"
    return "medium" if reporting or analysis >= 2 else "low"
