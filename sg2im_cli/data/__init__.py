"""From annotation files to batches of scene graphs.

An image's way, from top to bottom; what stands in brackets makes the type below it from the one above:

    file of COCO, Visual Genome, or JSON lines
      [readers/]               what each layout is, and what is wrong with an entry
    AnnotatedImage             as the file has it: a list of Annotations with boxes in pixels, polygons or run lengths
      [choosing, arrays]       which objects are used; their masks cut to their boxes and squeezed to M x M
    PreparedImage              the objects as arrays, in words: names (O,), boxes (O, 4) in [0, 1], masks (O, M, M)
      [prepared/]              ``sg2im data prepare`` keeps these in Arrow files, with pixels, and looks them up again
    Split                      those of a split that a recipe uses, and the words of its data; opened by `sources`
      [scenes/making]          names become ids; relations, colours and sizes are told from boxes and pixels
    Scene                      objs (O,), boxes, masks, image, and what holds between its objects
      [scenes/graphs]          some of the objects, and a triple for each, drawn anew in each epoch
    Scene                      the same type, with the triples (T, 3) of one graph
      [batch.collate]          joined; each graph gets `__image__` as its last object
    GraphBatch                 tensors of N graphs, which `division` cuts for processes and `loading` makes ahead

`dataset.load_scenes` goes all the way: it gives a `SceneDataset`, and that gives batches.

Why so many: masks are made only of what is used, so a file's image is another type than arrays. Arrays are in words,
because data is prepared once and the vocabulary belongs to a recipe or a model. Scenes are in numpy and batches in
torch, because pixels of a scene are a view of the memory map until a batch copies them.
"""
