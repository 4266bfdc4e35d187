"""Domains at which anybody gets a mailbox: an address there makes nobody a colleague."""

FREE_MAIL = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it
    hotmail.es live.co.uk live.com.au live.cn outlook.com.au outlook.fr outlook.de outlook.jp outlook.co.id yahoo.com
    yahoo.com.au yahoo.co.uk yahoo.co.jp yahoo.co.in yahoo.com.hk yahoo.com.tw yahoo.com.cn yahoo.cn yahoo.com.br
    yahoo.com.sg yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca ymail.com rocketmail.com icloud.com me.com mac.com
    proton.me protonmail.com pm.me protonmail.ch aol.com aim.com gmx.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de
    freenet.de mail.com email.com zoho.com zohomail.com fastmail.com fastmail.fm hey.com tuta.com tutanota.com tuta.io
    yandex.com yandex.ru ya.ru mail.ru bk.ru inbox.ru list.ru rambler.ru qq.com vip.qq.com foxmail.com 163.com
    vip.163.com 126.com vip.126.com yeah.net 188.com sina.com sina.cn vip.sina.com sina.com.cn sohu.com vip.sohu.com
    tom.com 21cn.com 139.com 189.cn wo.cn aliyun.com alibaba.net 263.net naver.com hanmail.net daum.net nate.com
    rediffmail.com libero.it virgilio.it orange.fr free.fr laposte.net sfr.fr wanadoo.fr comcast.net verizon.net att.net
    sbcglobal.net bellsouth.net cox.net btinternet.com sky.com virginmedia.com bigpond.com bigpond.net.au optusnet.com.au
    iinet.net.au tpg.com.au xtra.co.nz shaw.ca rogers.com sympatico.ca uol.com.br bol.com.br terra.com.br hushmail.com
    mailbox.org posteo.de riseup.net duck.com mozmail.com privaterelay.appleid.com mailinator.com
    """.split()  # noqa: SIM905 (read and kept as a text)
)
