"""Text: folding names, making foreign HTML harmless, and turning what a member typed into HTML.

    folding      names and tags as they are compared and stored
    taming       large documents, rewritten so that no parser can be made slow
    sanitising   HTML from the network -> the HTML we keep
    extracting   HTML -> plain text; short versions of it
    links        a URL in a text -> an address, and a display that cannot hide its host
    scanning     a text -> words, links, mentions and hashtags
    rendering    a member's plain text -> HTML
    markdown     charters and READMEs -> HTML

Everything here is pure, and takes time in proportion to its input, however hostile.
"""

from phyle.text.extracting import plain, shorten
from phyle.text.folding import fold, is_shortcode, normal_hashtag, well_formed
from phyle.text.rendering import Link, Rendered, render
from phyle.text.sanitising import sanitise
from phyle.text.scanning import hashtags_in, mentions_in

__all__ = [
    "Link",
    "Rendered",
    "fold",
    "hashtags_in",
    "is_shortcode",
    "mentions_in",
    "normal_hashtag",
    "plain",
    "render",
    "sanitise",
    "shorten",
    "well_formed",
]
