"""Load the course's own Sphinx extensions, one idea a file."""

PARTS = (
    "front_matter",  # a notebook's first cell may start with front matter, like a Markdown page
    "fresh_start",  # what did not end well, or was made of something else, is not used again
    "kernel_env",  # notebooks run alike whatever the machine is set to
    "toolkit_digest",  # a changed toolkit or data set executes every notebook again
    "mathml",  # formulas are rendered at build time
    "folds",  # solutions, asides and code open without JavaScript
    "units",  # a number keeps its percent sign
    "self_check",  # questions with an answer to every option
    "inline_svg",  # figures are part of the page and follow its colors
    "explorers",  # controls that move without a kernel
    "exercises",  # numbers and titles of exercises
    "page_frame",  # navigation, description, minutes, done marks, previous and next
    "a11y",  # what markup from elsewhere lacks for screen readers, the bibliography too
    "journey",  # the map of five stations, and where a page stands on it
    "chapter_pages",  # the pages of a chapter with their minutes
    "glossary",  # the toolkit's catalogues of terms as a page
    "term_bubbles",  # a term explains itself where it is used
    "data_dictionary",  # data/datapackage.json as a page
    "api_room",  # the toolkit's public names, room by room
    "methods",  # the method index, and which methods are of which pattern
    "root_pages",  # index.html and 404.html at the root of the site
    "student_edition",  # each page as a notebook without solutions
    "offline",  # nothing from elsewhere, nothing unused
)


def setup(app):
    # Jupyter Book sets this for an extension that is not loaded here
    app.add_config_value("comments_config", {}, "html")
    for part in PARTS:
        app.setup_extension(part)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
