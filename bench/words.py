"""Words of the benchmark's feeds: names are put together from them, and every area code is one somewhere."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words("""
    Abigail Benedict Carmen Dominic Esperanza Frederick Giovanna Hiroshi Isadora Jerome Katarzyna Lorenzo Miriam
    Nathaniel Octavia Priscilla Quentin Rosalind Sebastian Tabitha Ulysses Veronica Winston Ximena Yolanda
    Zachary Amadou Bronwyn Chidinma Desmond Ekaterina Fitzgerald Guadalupe Humphrey Imogen Joaquin Khadija
    Leopold Magnolia Nikolai Ophelia Patrick Quiana Rutherford Svetlana Thaddeus Ursula Vincent Wilhelmina
    Xiuying Yevgeny Zuleika Ambrose Beatriz Cornelius Delphine Emmanuel Francesca Gulliver Henrietta Ignatius
    Jocelyn Kenneth Lakshmi
""")
ONSETS = _words("""
    Bal Cor Dun Fen Gar Hol Jas Kel Lom Mar Nor Ost Pem Quil Ras Sol Tam Ulv Ver Wex Yar Zim Ard Brin Cald Drey
    Elm Frost Glen Hark
""")
MIDDLES = _words("""
    a ber co den er fi go in lu mo nes o pi ris sa ti u vel wo ya
""")
ENDINGS = _words("""
    bank cott dale field gate hurst kamp land mond nick quist rup ström thal ton vik ward wicz worth zak bridge
    ford grave holm mere sett stead wyn
""")
"""A last name is one of each."""
AREAS = _words("""
    515 641 319 563 712 614 740 937 419 216 513 330 217 309 618 815 402 308 605 701 218 507 651 763 952 920 715
    608 414 262 816 660 573 417 314 785 316 620 918 405 580 501 870 479 901 731 615 423 865 502 859 270 606 304
    412 724 814 717 570 610 315 607 518 585 716 207 603 802 413 508 978 401 860 203 302 410 301 540 804 757 276
    434 336 704 910 919 252 828 843 803 864 706 229 478 912 850 352 386 904 407 321 863 941 239 561 772 205 256
    334 251 601 662 228 318 225 337 985 504 903 254 936 979 361 956 830 325 432 806 940 817 915 505 575 928 520
    602 480 623 702 775 801 435 208 406 307 303 719 970 509 360 253 206 425 503 541
""")
"""Enough area codes for a number of one's own under 555-xxxx, and another under 556-xxxx after a change."""
