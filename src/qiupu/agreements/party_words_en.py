"""Words and shapes by which the parties of an English contract are known."""

from __future__ import annotations

import re

SUFFIX = (
    r"(?:Inc|Incorporated|Corp|Corporation|Co|Company|Companies|Ltd|Limited|LLC|L\.\s?L\.\s?C|LLP|L\.L\.P|LP|"
    r"L\.P|PLC|plc|P\.L\.C|N\.A|"
    r"GmbH|AG|KG|KGaA|SA|S\.A|S\.A\.S|SAS|S\.p\.A|SpA|S\.r\.l|S\.R\.L|SRL|SARL|S\.[aà]\s?r\.l|N\.V|NV|B\.V|BV|"
    r"A/S|ApS|AB|Oy|Oyj|AS|ASA|G\.I\.E|S\.L|Ltda|S\.R\.O|s\.r\.o|a\.s|"
    r"Pty|Pte|Sdn|Bhd|K\.K|KK|S\.A\. de C\.V|Trust|Bank|Fund|Partners|Partnership|Associates|Association|"
    r"University|Institute|College|"
    r"Foundation|Authority|Group|Holdings|FSB|Cooperative|Society|Federation|Laboratories|Technologies|"
    r"Enterprises|Ministry|Hospital|Center|Club|League)"
)
WORD = r"(?:[A-Z0-9À-Þ][\w.&'/+!@-]*|[a-z]{1,2}-?[A-Z]\w*|[a-z]{1,2}-[a-z0-9]+|&|[a-z]\w*\.com)"
JOIN = r"(?:of|the|for|de|du|la|and|in|at|on|d/b/a|a/k/a|dba|DBA|f/k/a|to|et|und|van|von|der|do)"
SPACE = r"(?:[ ]{1,3}|[ ]{0,4}\n[ ]{0,4})"
HARD_SUFFIX = (
    r"(?i:Inc|Incorporated|Corp|Corporation|Ltd|Limited|LLC|L\.\s?L\.\s?C|LLP|L\.L\.P|LP|L\.P|PLC|P\.L\.C|"
    r"N\.A|GmbH|AG|S\.A\.S|S\.A|S\.p\.A|"
    r"S\.r\.l|SRL|SARL|N\.V|B\.V|A/S|ApS|FSB|KGaA|Pty|Co)"
)
CUT_AFTER_SUFFIX = re.compile(
    rf"(?<![\w.]){HARD_SUFFIX}(?:\.|\b)(?=\s+(?!(?:{SUFFIX}|Liability|LIABILITY|Partnership|PARTNERSHIP|of|OF|"
    rf"de|&|Of|and|AND|dba|d/b/a)\b))"
)
SUFFIXED = re.compile(rf"(?<![\w.])(?:{SUFFIX}|(?i:{SUFFIX}))\.?(?![\w])")
NAME = re.compile(
    rf"(?<![\w@.])(?:[Tt]he\s+)?{WORD}(?:{SPACE}(?:{JOIN}{SPACE}(?:the{SPACE})?)?{WORD}|"
    rf"\s*,\s{{0,3}}(?={HARD_SUFFIX}\b\.?){WORD})*"
)
ALIAS = re.compile(
    r"\(([^()]{0,200}?[\"'][^()]{0,160})\)|,?\s*\(?(?:hereinafter|hereafter)[^\"'().;]{0,60}[\"']([^\"']{2,60})[\"']", re.IGNORECASE
)
QUOTED = re.compile(r"[\"']\s*([^\"']{1,70}?)\s*,?[\"']")
DESCRIBED = re.compile(
    r"\s*,?\s*(?:\([^()]{0,60}\)\s*,?\s*)?(?:a|an|the|as|one)\s+(?:[\w.,()&'/-]+\s+){0,12}?(?:corporation|"
    r"company|partnership|trust|bank|individual|association|"
    r"corporate|entity|organi[sz]ation|municipal|limited|body|firm|city|agency|stock|resident|citizen|society|"
    r"subsidiary|university|institution|institute|government|authority|public|department|L\.?L\.?C)",
    re.IGNORECASE,
)
LOCATED = re.compile(
    r"\s*,?\s*(?:\([^()\"']{0,60}\)\s*,?\s*)?(?:having|with|located|"
    r"whose|organi[sz]ed|incorporated|existing|duly|on behalf|acting|residing|"
    r"of\s+\d|on its|\d{2,6}\s|and\s+its|together|"
    r"on\s+the\s+one|in its capacity|as\s+[A-Z\"]|for itself|collectively|hereinafter|registered|established|"
    r"individually|through|d/b/a|dba|doing business)",
    re.IGNORECASE,
)
ANCHOR = re.compile(
    r"(?i)\b(?:by\s+and\s+(?:between|among(?:st)?)|by\s+and\s+amongst?|between\s+and\s+among|between|"
    r"among(?:st)?|entered\s+into\s+by|made\s+by|"
    r"by\s+and\s+betwe\s*en|parties\s+(?:to\s+this\s+agreement\s+)?are|parties:|between:)"
)
STOP = re.compile(
    r"\bW\s?I\s?T\s?N\s?E\s?S\s?S\s?E\s?T\s?H|\bWHEREAS\b|\bWhereas\b|\bRECITALS?\b|\bRecitals\b|"
    r"\bBACKGROUND\b|\bNOW,?\s+THEREFORE|\bIN CONSIDERATION\b|"
    r"\bIntroduction\b|\bPREAMBLE\b|\b[Tt]he [Pp]arties (?:hereby )?agree\b|\bARTICLE\s+(?:1|I)\b|\bTABLE OF "
    r"CONTENTS\b|\n\s*1\.\s|\bWITNESSES\b|\bBackground\b"
)
STARTS = re.compile(
    r"(?i)(?:between|among|amongst|and|by|:|;|,|&|\)|\(\d\)|\([a-z]\)|\d\.|/|\n|of|-|between\s+the|and\s+the|"
    r"parties|with|to|both)\s*[\"(]?\s*$"
)
NEVER = re.compile(
    r"(?i)^(?:the\s+)?(?:this|agreement|effective date|exhibit|section|article|party|parties|state|states|"
    r"united states|delaware|recitals?|"
    r"date|dated|term|whereas|witnesseth|now|for|in|as|schedule|street|avenue|suite|road|p\.?o\.? box|page|"
    r"source|execution|confidential|"
    r"certain|securities|commission|amendment|form|between|among|by|and|of|attn|attention|tel|fax|facsimile|"
    r"email|telephone|address|board|each|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|day|year|contract|memorandum|"
    r"no|whose|having|with|its|it|such|all|any|if|to|at|on|or|is|be|copy|version|draft|act|rule|request|"
    r"portions|table|contents|name|title|signature|"
    r"name|by|its|his|her|affiliates?|subsidiaries|suite|unit|tel\.?|phone|individually|collectively|"
    r"hereinafter)(?:$|[\s,.:;]\s*)"
)
DOCUMENT = re.compile(
    r"(?i)\b(?:agreement|contract|amendment|exhibit|schedule|annex|effective date|memorandum|act of|rule \d|"
    r"form \d|addendum|appendix)\b"
)
PLACE = re.compile(
    r"(?i)^(?:the\s+)?(?:(?:state|commonwealth|province|republic|people's republic|city|"
    r"county)\s+of\s+)?(?:[a-z. ]+,\s*)?(?:alabama|alaska|arizona|arkansas|california|"
    r"colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|"
    r"louisiana|maine|maryland|massachusetts|"
    r"michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico|new "
    r"york|north carolina|north dakota|"
    r"ohio|oklahoma|oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|"
    r"virginia|washington|wisconsin|"
    r"wyoming|canada|china|prc|usa|u\.s\.a?\.?|england|wales|england and wales|israel|japan|germany|france|"
    r"hong kong|bermuda|cayman islands|"
    r"united kingdom|uk|ontario|british columbia|alberta|quebec|switzerland|netherlands|ireland|india|korea|"
    r"singapore|australia)\.?$"
)
GENERIC_TERM = re.compile(
    r"(?i)^(?:the\s+)?(?:part(?:y|ies)|agreement|effective date|.*agreement|.*date|products?|territory|"
    r"services?|act|code|closing|term)$"
)


SHIFT = re.compile(
    r"(?:[A-Z][A-Z&.,'-]{2,}\s+[A-Z][A-Z&.,'-]{3,}(?P<gap>\s+(?:of|in|at)\s+)(?=[A-Z][a-z]{2,}))|"
    r"(?:[A-Z][a-z]{2,}\s+[A-Z][a-z]{2,}(?P<gap2>\s+)(?=[A-Z]{4,}\s+[A-Z][A-Z,.]{2,}))"
)
"""Where names of another kind of letters follow: "TARN COUNCIL of Market Square", "Chief Officer SCULPTOR CAPITAL"."""
BODY = (
    r"(?:Bureau|Department|Ministry|Office|Board|Committee|Commission|Institute|School|Cent(?:re|er)|Council|"
    r"Academy|College|University)"
)
SIGNING = re.compile(
    r"IN WITNESS\s+WHEREOF|In Witness Whereof|IN WITNESS HEREOF|AGREED AND ACCEPTED|ACCEPTED AND AGREED|duly "
    r"executed|have executed"
)
DIRECT = re.compile(r"\s*,?\s*\((?:the\s+|each,?\s+|hereinafter\s+(?:referred\s+to\s+as\s+|called\s+)?(?:the\s+)?)?\"")
DESCRIPTOR_BEFORE = re.compile(
    r"(?i)(?:subsidiary\s+of|division\s+of|affiliate\s+of|laws\s+of|formerly(?:\s+known\s+as)?|d/b/a|dba|"
    r"doing\s+business\s+as|general\s+partner\s+of|known\s+as|f/k/a|"
    r"on\s+behalf\s+of|successor\s+(?:to|of)|parent\s+of|trustee\s+of|owned\s+by|through|c/o|attn\W*|"
    r"attention\W*)\s*(?:the\s+)?$"
)
SOURCE = re.compile(r"(?i)source:\s[^\n]{0,80}$")
SIGNED_BY = re.compile(
    r"(?s)\s*,?\s*(?:\([^()]{0,60}\)|a[n]?\s[\w ]{3,60}|[^\n]{0,80})?[\s:_]{0,120}(?:/s/|By\b|BY\b|Name\b|"
    r"Signature|Signed|Per:|_{4})"
)
FRAGMENT = re.compile(
    r"(?i)^(?:loan\s+association|liability\s+company|limited\s+partnership|terms|conditions|warranties\b.*|"
    r".*\bas follows|you|we|us|our|joint\s+ventur\w+|chief\s.*|general\s+partner)$"
)
LEADING_ROLE = re.compile(
    r"(?:(?:Developer|Client|Customer|Licensor|Licensee|Distributor|Supplier|Consultant|Company|Seller|Buyer|"
    r"Vendor|Sponsor|Agent|Owner|Contractor|RESELLER|DISTRIBUTOR|LICENSOR|LICENSEE|SUPPLIER|CUSTOMER|SELLER|BUYER|"
    r"CONSULTANT|SPONSOR|(?i:approved|accepted|agreed)(?:\s+(?i:for|by))?|"
    r"[A-Z][a-z]+\s(?:Manager|Officer|Director|President)|For|For and on behalf of|(?i:on behalf "
    r"of))[:\s]+)(?=[A-Z])"
)
DOING = re.compile(
    r"(?:[Tt]he\s+|THE\s+)?(?P<who>[A-Z][\w&.'-]*(?:[ \n]+[A-Z][\w&.'-]*){0,4})\s+"
    r"(?:hereby\s+|also\s+|each\s+)?(?:shall|will|agrees?|may|must|"
    r"represents?|warrants?|acknowledges?|grants?|undertakes?|covenants?)\b"
)
GENERIC_ROLE = re.compile(
    r"(?i)^(?:the\s+)?(?:company|corporation|agent|licen[sc]\w+|distributor|supplier|customer|client|"
    r"franchis\w+|consultant|buyer|seller|developer|"
    r"sponsor|manufacturer|reseller|vendor|contractor|borrower|lender|trustee|bank|adviser|advisor|fund|trust|"
    r"owner|servicer|provider|party|parties|"
    r"purchaser|merchant|issuer|executive|employee|guarantor|affiliates?|association|subsidiary|member|"
    r"partner|products?|services?|territory)s?$"
)
