# Our comments are plain ones; Doxygen reads those with three strokes, and takes <name> in them for HTML.
/SPDX-License-Identifier/b
/^#/b
s#^\( *\)//\( \|$\)#\1///\2#
s#\([^/: ]\)  *// #\1  ///< #
/^ *\/\/\//{
  s#<\([A-Za-z/]\)#\&lt;\1#g
}
