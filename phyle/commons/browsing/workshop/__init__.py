"""What is made of files that strangers wrote, by libraries that a clever file can keep busy: in processes of its own.

A regular expression that never ends holds all of Python while it runs. So highlighting, Markdown and models are done by
a child that has limits of the kernel on memory and time, and is killed when it takes too long.

    shop          asking for a piece of work; starts, keeps and ends the children
    bench         what a child does
    highlighting  source code -> lines of HTML
    prose         Markdown -> HTML whose links lead into the repository
    meshes        STL -> triangles
    drawing       triangles -> a picture
"""
